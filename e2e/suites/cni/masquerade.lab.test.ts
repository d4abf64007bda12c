import { masquerade } from './rules/masquerade.js';
import { conform } from './stage/index.js';

conform(masquerade);
