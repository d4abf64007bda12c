/**
 * The host-gw backend: plain routes between nodes on one link.
 *
 * @module
 */
export { hostGw, hostGw as default } from './backend.js';
export type { HostGwOptions } from './options.js';
export type { HostGwPeerData } from './peer-data.js';
