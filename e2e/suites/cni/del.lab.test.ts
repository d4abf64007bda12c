import { del } from './rules/del.js';
import { conform } from './stage/index.js';

conform(del);
