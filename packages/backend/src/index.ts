/**
 * The `Backend` interface and the `KernelState` value types: what the author of a backend installs.
 *
 * @module
 */
export type * from './backend.js';
export * from './kernel-state.js';
export type * from './network-view.js';
export { nodeRulePriority, nodeRules, nodeTable } from './node-table.js';
export { joinStates, type Plan, planNetwork, type Refusal } from './plan.js';
export { conflictingPortMapping } from './port-conflict.js';
