/**
 * The `Backend` interface and the `KernelState` value types: what the author of a backend installs.
 *
 * @module
 */
export type * from './backend.js';
export { checkBackendState } from './check/backend-state.js';
export type { BackendRules } from './check/rules.js';
export * from './kernel-state.js';
export type * from './network-view.js';
export { nodeRulePriority, nodeRules, nodeTable } from './node-table.js';
export {
  commonFamily,
  noCommonFamily,
  otherFamily,
  smallPathObjection,
  twinObjection,
} from './objection.js';
export { addressOf, isOnLink, ownAddress, plainRoute } from './plain-route.js';
export { joinStates, type Plan, planNetwork, type Refusal } from './plan.js';
export { conflictingPortMapping } from './port-conflict.js';
export { refuse } from './refuse.js';
export { looseReversePath } from './reverse-path.js';
export { kernelStateSchema } from './schema/kernel-state.js';
export { cidrSchema, ipSchema, macSchema } from './schema/value.js';
export { leastMtu, pathMtu, tunnelMtu, warnOfMtu } from './tunnel-mtu.js';
