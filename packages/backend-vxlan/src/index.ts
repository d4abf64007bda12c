/**
 * The vxlan backend: reaches peers by Ethernet in UDP (RFC 7348).
 *
 * @module
 */
export { vxlan, vxlan as default } from './backend.js';
export type { MacByFamily } from './mac.js';
export type { VxlanOptions } from './options.js';
export type { VxlanPeerData } from './peer-data.js';
