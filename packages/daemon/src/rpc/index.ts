export type { RpcContext } from './call.js';
export { CniFailure, type CniFailureOptions, isCniFailure } from './cni-failure.js';
export { readApiDescriptors } from './descriptors.js';
export { RpcError, type RpcErrorCode } from './error.js';
export { callAtOnce, type EncodedCall } from './one-call/client.js';
export { type RpcServer, type ServeOptions, serve } from './server.js';
export { type Methods, type RpcService, service } from './service.js';
export { type TakenSocket, takeSocket } from './socket.js';
export { type UnaryHandler, type UnaryMethod, unary } from './unary.js';
