import { BytesMemory } from './bytes-memory.js';
import {
  type Frame,
  flag,
  frameHeaderSize,
  framesFrom,
  frameType,
  messagePrefixSize,
  preface,
} from './frames.js';
import { type CallHead, maxAnswer, readHead } from './head.js';

/** A unary gRPC call that came whole, with the first bytes of its connection. */
export interface OneCall extends CallHead {
  /** The request, encoded. */
  readonly message: Buffer;
}

/** What heads say: a client's differ in what they say about its time, in milliseconds. */
const known = new BytesMemory(readHead);

/**
 * Reads a connection's first bytes as one unary gRPC call: preface, settings, windows, one header block, the message, the end of the
 * stream, and nothing else.
 *
 * @param memory - of heads that were understood before; that of the process by default.
 * @returns `undefined` for all else, which a real HTTP/2 session has to judge: calls that come in pieces or together, compressed ones,
 *   other clients' habits, and what is malformed.
 */
export function readOneCall(
  bytes: Buffer,
  memory: BytesMemory<CallHead> = known,
): OneCall | undefined {
  const end = endOfHead(bytes);
  const head = end === undefined ? undefined : memory.read(bytes.subarray(0, end));
  const message = head && messageFrom(bytes.subarray(end), head.stream);
  if (!head || !message) return undefined;
  const { path, stream, timeoutMs } = head;
  return { path, stream, timeoutMs, message };
}

/** Where the first frame of headers ends. @returns `undefined` unless there is one, and all before it is whole. */
function endOfHead(bytes: Buffer): number | undefined {
  for (let at = preface.length; at + frameHeaderSize <= bytes.length; ) {
    const end = at + frameHeaderSize + bytes.readUIntBE(at, 3);
    if (end > bytes.length) return undefined;
    if (bytes[at + 3] === frameType.headers) return end;
    at = end;
  }
  return undefined;
}

/** The message of data up to the end of the stream, without padding. */
function messageFrom(bytes: Buffer, stream: number): Buffer | undefined {
  const frames = framesFrom(bytes, 0);
  const isWhole = frames?.every(
    (frame, place) =>
      frame.type === frameType.data &&
      frame.stream === stream &&
      frame.flags === (place === frames.length - 1 ? flag.endStream : 0),
  );
  const first = frames?.[0];
  if (!frames || !first || !isWhole) return undefined;
  const body = frames.length === 1 ? first.payload : Buffer.concat(payloadsOf(frames));
  return unframed(body);
}

function payloadsOf(frames: readonly Frame[]): Buffer[] {
  return frames.map(({ payload }) => payload);
}

function unframed(body: Buffer): Buffer | undefined {
  if (body.length < messagePrefixSize || body[0] !== 0) return undefined;
  const message = body.subarray(messagePrefixSize);
  return body.readUInt32BE(1) === message.length && message.length <= maxAnswer
    ? message
    : undefined;
}
