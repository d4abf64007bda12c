export { hub, hub as default } from './backend.js';
export type { HubOptions } from './options.js';
export type { HubPeerData } from './peer-data.js';
