/**
 * Pools, blocks and addresses, and the registry that the nodes of a cluster share.
 *
 * @module
 */

export { IpamError, type IpamErrorCode } from './ipam/error.js';
export type * from './ipam/ipam.js';
export { startIpam } from './ipam/start.js';
export * from './pool/pool.js';
export { blockSizes, poolsSchema } from './pool/schema.js';
export * from './records/addresses.js';
export * from './records/alive.js';
export * from './records/block.js';
export {
  describeRecordProblem,
  nodeNameField,
  type Parsed,
  type RecordProblem,
} from './records/codec.js';
export * from './records/node.js';
export { openEmbeddedRegistry } from './registry/embedded/embedded.js';
export { isRegistryError, RegistryError, type RegistryErrorCode } from './registry/error.js';
export { openEtcdRegistry } from './registry/etcd/etcd.js';
export type * from './registry/etcd/options.js';
export type * from './registry/registry.js';
export { parseRegistryUrl, type RegistryUrl } from './registry/url.js';
