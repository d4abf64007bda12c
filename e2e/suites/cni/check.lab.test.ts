import { check } from './rules/check.js';
import { conform } from './stage/index.js';

conform(check);
