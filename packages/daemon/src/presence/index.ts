/** What a shim finds beside the socket when nobody answers on it: a sign of life, and a place for its notes. */
export { type Heartbeat, type HeartbeatOptions, type Pulse, startHeartbeat } from './heartbeat.js';
export { type FollowOptions, followTombstones } from './tombstone-watch.js';
export { type Del, type Drained, Tombstones, type TombstonesOptions } from './tombstones.js';
