export { BackendError, type BackendErrorCode } from './error.js';
export { type ExternalOptions, loadExternalBackend } from './load.js';
