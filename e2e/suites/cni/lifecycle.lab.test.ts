import { lifecycle } from './rules/lifecycle.js';
import { conform } from './stage/index.js';

conform(lifecycle);
