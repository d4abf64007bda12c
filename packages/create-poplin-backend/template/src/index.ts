export { backend, backend as default } from './backend.js';
export type { Options } from './options.js';
export type { PeerData } from './peer-data.js';
