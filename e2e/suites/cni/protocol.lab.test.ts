import { protocol } from './rules/protocol.js';
import { conform } from './stage/index.js';

conform(protocol);
