import { faults } from './rules/faults.js';
import { conform } from './stage/index.js';

conform(faults);
