import { result } from './rules/result.js';
import { conform } from './stage/index.js';

conform(result);
