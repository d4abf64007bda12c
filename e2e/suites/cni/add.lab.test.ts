import { add } from './rules/add.js';
import { conform } from './stage/index.js';

conform(add);
