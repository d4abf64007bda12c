import { faults } from './rules/faults/index.js';
import { conform } from './stage/index.js';

conform(faults);
