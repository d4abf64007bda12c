import { errorOf } from '../codec/acknowledgement.js';
import { NetlinkError } from '../error.js';
import type { Executor } from './executor.js';
import type { NetlinkRequest } from './request.js';
import type { QueryAnswer } from './request-socket.js';

/** Carries out one request. @throws {NetlinkError} when it failed. */
export async function perform(executor: Executor, request: NetlinkRequest): Promise<void> {
  const [ack] = await executor.transact([request]);
  const error = ack && errorOf(request.operation, ack);
  if (error) throw error;
}

/** Asks for one object. @throws {NetlinkError} when there is none, or it cannot be read. */
export async function askOne<T>(
  executor: Executor,
  request: NetlinkRequest,
  decode: (body: Uint8Array) => T | undefined,
): Promise<T> {
  const [object] = readAnswer(request, await executor.query(request), decode);
  if (object === undefined) {
    throw new NetlinkError('DECODE', request.operation, 'the kernel answered with another object');
  }
  return object;
}

/** Asks for all objects that a request's filter lets through. @throws {NetlinkError} when they cannot be read. */
export async function askAll<T>(
  executor: Executor,
  request: NetlinkRequest,
  decode: (body: Uint8Array) => T | undefined,
): Promise<T[]> {
  return readAnswer(request, await executor.query(request), decode);
}

/** Objects of the answer; what `decode` does not know, such as other families, is left out. */
function readAnswer<T>(
  request: NetlinkRequest,
  { ack, messages }: QueryAnswer,
  decode: (body: Uint8Array) => T | undefined,
): T[] {
  const error = errorOf(request.operation, ack);
  if (error) throw error;
  return messages.map(({ body }) => decode(body)).filter((object) => object !== undefined);
}
