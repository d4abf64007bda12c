/**
 * The `Backend` interface and the `KernelState` value types: what the author of a backend installs.
 *
 * @module
 */
export type * from './backend.js';
export * from './kernel-state.js';
export { conflictingPortMapping } from './port-conflict.js';
