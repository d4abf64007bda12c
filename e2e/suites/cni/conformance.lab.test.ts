import { conformance } from './rules/index.js';
import { conform } from './stage/index.js';

conform(conformance);
