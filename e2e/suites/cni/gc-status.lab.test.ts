import { gcStatus } from './rules/gc-status.js';
import { conform } from './stage/index.js';

conform(gcStatus);
