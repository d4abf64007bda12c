import { decodeError } from '../error.js';
import { align4, littleEndian, viewOf } from './byte-order.js';

/** Message types that every netlink family has (linux/netlink.h). */
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3, OVERRUN: 4 } as const;

/** Flags of a message (NLM_F_*, linux/netlink.h). Some bits mean one thing in a request and another in an answer. */
export const NLM_F = {
  REQUEST: 0x1,
  MULTI: 0x2,
  ACK: 0x4,
  ECHO: 0x8,
  DUMP_INTR: 0x10,
  ROOT: 0x100,
  MATCH: 0x200,
  DUMP: 0x300,
  REPLACE: 0x100,
  EXCL: 0x200,
  CREATE: 0x400,
  APPEND: 0x800,
  /** In an answer: the failed request is left out of it. */
  CAPPED: 0x100,
  /** In an answer: attributes follow the error. */
  ACK_TLVS: 0x200,
} as const;

/** Length of `struct nlmsghdr`. */
export const HEADER_LENGTH = 16;

/** One message: its header's fields that matter, and what follows the header. */
export interface Message {
  readonly type: number;
  /** NLM_F_*. */
  readonly flags: number;
  /** Number of the request that it answers; 0 for an event. */
  readonly sequence: number;
  readonly body: Uint8Array;
}

/** Bytes that a message with a body of this length takes in a datagram. */
export function messageSize(bodyLength: number): number {
  return align4(HEADER_LENGTH + bodyLength);
}

/**
 * Writes a message into `target` at `offset`; returns the offset behind it. The port number stays 0: the kernel knows.
 *
 * @param view - on the target, where there is one: to make it takes longer than to write by it.
 */
export function writeMessage(
  target: Uint8Array,
  offset: number,
  message: Message,
  view = viewOf(target),
): number {
  view.setUint32(offset, HEADER_LENGTH + message.body.length, littleEndian);
  view.setUint16(offset + 4, message.type, littleEndian);
  view.setUint16(offset + 6, message.flags, littleEndian);
  view.setUint32(offset + 8, message.sequence, littleEndian);
  view.setUint32(offset + 12, 0, littleEndian);
  target.set(message.body, offset + HEADER_LENGTH);
  return offset + messageSize(message.body.length);
}

/** One message as a datagram of its own. */
export function encodeMessage(message: Message): Uint8Array {
  const bytes = new Uint8Array(messageSize(message.body.length));
  writeMessage(bytes, 0, message);
  return bytes;
}

/**
 * Calls `visit` for every message of a datagram, in order, with where its body is. Stops before a length that points
 * outside the datagram. Returns the offset that it got to: the datagram's length when all is well.
 */
export function decodeHeaders(
  datagram: Uint8Array,
  visit: (type: number, flags: number, sequence: number, start: number, end: number) => void,
): number {
  const view = viewOf(datagram);
  let offset = 0;
  while (offset < datagram.length) {
    const left = datagram.length - offset;
    const length = left < HEADER_LENGTH ? 0 : view.getUint32(offset, littleEndian);
    if (length < HEADER_LENGTH || length > left) return offset;
    visit(
      view.getUint16(offset + 4, littleEndian),
      view.getUint16(offset + 6, littleEndian),
      view.getUint32(offset + 8, littleEndian),
      offset + HEADER_LENGTH,
      offset + length,
    );
    offset += align4(length);
  }
  return datagram.length;
}

/**
 * The messages of a datagram, in order. Their bodies are views on its bytes.
 *
 * @throws {NetlinkError} DECODE when a length points outside the datagram.
 */
export function decodeMessages(datagram: Uint8Array): Message[] {
  const messages: Message[] = [];
  const end = decodeHeaders(datagram, (type, flags, sequence, start, stop) => {
    messages.push({ type, flags, sequence, body: datagram.subarray(start, stop) });
  });
  if (end === datagram.length) return messages;
  throw decodeError('netlink datagram', `bad message length at byte ${end} of ${datagram.length}`);
}
