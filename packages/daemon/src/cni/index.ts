/**
 * Everything about a CNI call that needs no kernel: from the bytes of the call to typed values, and from a description of what was
 * made to the result.
 *
 * @module
 */
export { type CniArgs, parseCniArgs } from './args.js';
export { type AttachmentName, attachmentNameOf, type CniCall, type NetworkCall } from './call.js';
export { compareWithResult } from './check/compare.js';
export type {
  AcceptedChange,
  AddressOnLink,
  CheckComparison,
  ExpectedInterface,
  RecordedInterface,
} from './check/comparison.js';
export { CniCallError, type CniCallErrorCode, cniCallErrorCodes } from './error.js';
export type { BandwidthLimits } from './network-config/bandwidth.js';
export type { Dns } from './network-config/dns.js';
export type { PortMapping } from './network-config/port-mappings.js';
export type { RequestedIp } from './network-config/requested.js';
export type { PodRoute, RouteScope } from './network-config/routes.js';
export type { AttachmentDefaults, AttachmentOptions } from './options/attachment-options.js';
export { type AttachmentRequest, parseAddCall } from './request/add.js';
export { type AttachmentCheck, parseCheckCall } from './request/check.js';
export { type DetachmentRequest, parseDelCall } from './request/del.js';
export { type NetworkSweep, parseGcCall } from './request/gc.js';
export { parseStatusCall, type StatusQuery } from './request/status.js';
export type { AttachmentResult, ResultInterface, ResultIp } from './result/attachment-result.js';
export { type CniResult, formatResult } from './result/format.js';
export { mergeResult, resultText } from './result/merge.js';
export { type PreviousResult, parsePrevResult } from './result/previous.js';
export { type CniVersion, cniVersions } from './version.js';
