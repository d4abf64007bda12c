/**
 * The node daemon: gRPC services, attachments, wiring. The program is `poplind`.
 *
 * @module
 */
export { type DaemonRun, runDaemon } from './daemon.js';
export { type DaemonOptions, parseOptions } from './options/index.js';
