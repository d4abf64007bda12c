export type { Terminal } from './flags.js';
export { type DaemonOptions, parseOptions, processTerminal } from './parse.js';
export { type RegistryOptions, type RegistryTls, registryHosts } from './registry.js';
