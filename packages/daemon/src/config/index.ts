export { type AttachMode, type ClusterConfig, clusterConfigSchema } from './cluster.js';
export { diffPaths } from './diff.js';
export { readDocument } from './document.js';
export { ConfigError, type ConfigErrorCode, configErrorOf } from './error.js';
export { formatClusterConfig } from './format.js';
export { nearest } from './nearest.js';
export { parseClusterConfig } from './parse.js';
export { type Problem, pathText, problemsOf, unknownKeyMessage } from './problem.js';
