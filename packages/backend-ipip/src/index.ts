/**
 * The ipip backend: reaches peers by IP in IP (RFC 2003, RFC 2473).
 *
 * @module
 */
export { ipip, ipip as default } from './backend.js';
export type { IpipOptions } from './options.js';
export type { IpipPeerData } from './peer-data.js';
