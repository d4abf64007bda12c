import { ipam } from './rules/ipam.js';
import { conform } from './stage/index.js';

conform(ipam);
