import { errorOf } from '../codec/acknowledgement.js';
import { decodeHeaders, NLMSG } from '../codec/message.js';
import { NetlinkError } from '../error.js';
import type { RunOptions } from '../thread/shared-thread.js';
import type { Executor } from './executor.js';
import type { NetlinkRequest } from './request.js';
import type { QueryAnswer } from './request-socket.js';

/** How long decoding may hold the event loop before others get their turn, ms. */
const TURN_MS = 4;

/** Carries out one request. @throws {NetlinkError} when it failed. */
export async function perform(executor: Executor, request: NetlinkRequest): Promise<void> {
  const [ack] = await executor.transact([request]);
  const error = ack && errorOf(request, ack);
  if (error) throw error;
}

/** Asks for one object. @throws {NetlinkError} when there is none, or it cannot be read. */
export async function askOne<T>(
  executor: Executor,
  request: NetlinkRequest,
  decode: (body: Uint8Array) => T | undefined,
  options?: RunOptions,
): Promise<T> {
  const [object] = await askAll(executor, request, decode, options);
  if (object === undefined) {
    throw new NetlinkError('DECODE', request.operation, 'the kernel answered with another object');
  }
  return object;
}

/**
 * Asks for all objects that a request's filter lets through. What `decode` does not know, such as other families, is
 * left out.
 *
 * @throws {NetlinkError} when they cannot be read.
 */
export async function askAll<T>(
  executor: Executor,
  request: NetlinkRequest,
  decode: (body: Uint8Array) => T | undefined,
  options?: RunOptions,
): Promise<T[]> {
  const answer = await executor.query(request, options);
  const error = errorOf(request, answer.ack);
  if (error) throw error;
  const objects: T[] = [];
  let turn = performance.now();
  for (const datagram of answer.datagrams) {
    decodeInto(objects, datagram, answer, decode);
    if (performance.now() - turn < TURN_MS) continue;
    await new Promise(setImmediate);
    turn = performance.now();
  }
  return objects;
}

function decodeInto<T>(
  objects: T[],
  datagram: Uint8Array,
  answer: QueryAnswer,
  decode: (body: Uint8Array) => T | undefined,
): void {
  decodeHeaders(datagram, (type, _flags, sequence, start, stop) => {
    if (sequence !== answer.sequence || type <= NLMSG.OVERRUN) return;
    const object = decode(datagram.subarray(start, stop));
    if (object !== undefined) objects.push(object);
  });
}
