import { hostPorts } from './rules/host-ports.js';
import { conform } from './stage/index.js';

conform(hostPorts);
