/**
 * The lab: a small data centre in network namespaces, with the real product in it. It watches with iproute2, nft,
 * ping, socat and ss, never with Poplin's own driver.
 *
 * @module
 */
export { type Accounts, imbalanceSince, readAccounts } from './accounts.js';
export { artifacts, checkout, knownBackends } from './artifacts.js';
export * from './cni.js';
export { askStatus } from './daemon-status.js';
export { LabError } from './error.js';
export type { Etcd } from './etcd.js';
export {
  type ExecuteOptions,
  execute,
  type Finished,
  must,
  plainEnvironment,
} from './execute.js';
export type { Host } from './host.js';
export { askAddresses } from './host-addresses.js';
export { kernelHas } from './kernel-has.js';
export { type AttachMode, Lab, type LabOptions, type Place } from './lab.js';
export { Namespace } from './namespace.js';
export { mapParallel } from './parallel.js';
export { callFor, type Pod } from './pod.js';
export { type Exit, LabProcess } from './process.js';
export { startRehearsed } from './rehearsed.js';
export { rulesetInUse } from './ruleset.js';
export { compareSnapshots, differencesSince, type Snapshot, takeSnapshot } from './snapshot.js';
export { namespacesOf, processesOf, sweepLabs } from './sweep.js';
export type { Underlay } from './underlay.js';
export {
  type Families,
  type Family,
  familiesIn,
  maxHosts,
  maxSubnets,
  type PlannedHost,
  planUnderlay,
  underlayAddresses,
} from './underlay-plan.js';
export { waitUntil } from './wait.js';
