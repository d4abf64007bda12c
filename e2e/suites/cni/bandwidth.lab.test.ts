import { bandwidth } from './rules/bandwidth.js';
import { conform } from './stage/index.js';

conform(bandwidth);
