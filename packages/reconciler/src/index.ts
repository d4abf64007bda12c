/**
 * Keeps the kernel equal to a desired state: diff, apply, watch, repair.
 *
 * @module
 */
export { ReconcilerError, type ReconcilerErrorCode } from './error.js';
export type { Item } from './item.js';
export type { KnownLink } from './link/known.js';
export { describeNotice, type ForwardNotice, isForwardProblem } from './nftables/foreign/notice.js';
export {
  isDeadHostLink,
  isHostLink,
  poplinAliasPrefix,
  poplinProtocol,
  poplinTable,
} from './ownership.js';
export {
  Reconciler,
  type ReconcilerOptions,
} from './reconciler.js';
export type { Failure, Report } from './report.js';
export { isRetired, retiredGroup } from './retired.js';
export type { OwnedRoute } from './route/owned.js';
export type { SetAllOutcome, SetOptions, SetOutcome } from './set-options.js';
export { type BitLimit, effectiveBurst } from './shaping/burst.js';
export { ifbNameOf } from './shaping/ifb.js';
export type { SysctlRecord } from './sysctl.js';
