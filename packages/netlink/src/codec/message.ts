import { decodeError } from '../error.js';
import { align4, putU16, putU32, u16At, u32At } from './byte-order.js';

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

/** Writes a message into `target` at `offset`; returns the offset behind it. The port number stays 0: the kernel knows. */
export function writeMessage(target: Uint8Array, offset: number, message: Message): number {
  putU32(target, offset, HEADER_LENGTH + message.body.length);
  putU16(target, offset + 4, message.type);
  putU16(target, offset + 6, message.flags);
  putU32(target, offset + 8, message.sequence);
  putU32(target, offset + 12, 0);
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
  let offset = 0;
  while (offset < datagram.length) {
    const left = datagram.length - offset;
    const length = left < HEADER_LENGTH ? 0 : u32At(datagram, offset);
    if (length < HEADER_LENGTH || length > left) return offset;
    visit(
      u16At(datagram, offset + 4),
      u16At(datagram, offset + 6),
      u32At(datagram, offset + 8),
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
