/**
 * Reaches peers by IP packets in UDP, carried by a thread of the process: where the kernel has no tunnel.
 *
 * @module
 */
export { udp, udp as default } from './backend.js';
export { UdpBackendError, type UdpBackendErrorCode } from './error.js';
export type { UdpOptions } from './options.js';
export type { UdpPeerData } from './peer-data.js';
