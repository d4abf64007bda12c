import { HEADER_LENGTH, messageSize, NLM_F, writeMessage } from '../codec/message.js';
import type { NetlinkRequest } from './request.js';

const BATCH_MESSAGES = 256;
const BATCH_BYTES = 64 * 1024;

/** Requests as one datagram, numbered from `first`; one of them, by default the last, gets `flagsOfOne` on top. */
export function encodeBatch(
  requests: readonly NetlinkRequest[],
  first: number,
  flagsOfOne: number,
  one = requests.length - 1,
): Uint8Array {
  let size = 0;
  for (const { body } of requests) size += messageSize(body.length);
  const datagram = new Uint8Array(size);
  let offset = 0;
  requests.forEach(({ type, flags, body }, i) => {
    const all = NLM_F.REQUEST | flags | (i === one ? flagsOfOne : 0);
    offset = writeMessage(datagram, offset, { type, flags: all, sequence: first + i, body });
  });
  return datagram;
}

/** Cuts requests into batches: at least one request each, and no more than the buffers hold. */
export function batchesOf(
  requests: readonly NetlinkRequest[],
): readonly (readonly NetlinkRequest[])[] {
  const batches: (readonly NetlinkRequest[])[] = [];
  for (let start = 0; start < requests.length; ) {
    const end = batchEnd(requests, start);
    batches.push(end - start === requests.length ? requests : requests.slice(start, end));
    start = end;
  }
  return batches;
}

function batchEnd(requests: readonly NetlinkRequest[], start: number): number {
  let end = start;
  let size = 0;
  for (; end < requests.length && end - start < BATCH_MESSAGES; end++) {
    size += messageSize(requests[end]?.body.length ?? HEADER_LENGTH);
    if (size > BATCH_BYTES && end > start) break;
  }
  return end;
}
