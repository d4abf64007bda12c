import { littleEndian, viewOf } from '../src/codec/byte-order.js';
import { decodeMessages, encodeMessage, type Message, NLM_F, NLMSG } from '../src/codec/message.js';
import { EAGAIN, ENOBUFS } from '../src/ffi/constants.js';
import type { Syscalls } from '../src/ffi/syscalls.js';

/** What waits in the fake socket: a datagram with its sender's port, or an error number. */
export type Waiting =
  | { readonly bytes: Uint8Array; readonly port?: number }
  | { readonly errno: number };

/** A kernel that answers what a test tells it to, behind the driver's own port. */
export interface FakeKernel extends Syscalls {
  /** Datagrams that were sent, as messages. */
  readonly sent: Message[][];
  /** Descriptors that are open now. */
  readonly open: Set<number>;
  /** Puts something into the receive queue. */
  push(...waiting: Waiting[]): void;
}

/** Makes one; `answer` is called for every datagram and tells what the kernel puts into the queue for it. */
export function fakeKernel(
  answer: (messages: Message[], nth: number) => readonly Waiting[] = () => [],
): FakeKernel {
  const queue: Waiting[] = [];
  const sent: Message[][] = [];
  const open = new Set<number>();
  let next = 100;
  return {
    sent,
    open,
    push: (...waiting) => void queue.push(...waiting),
    socket() {
      next += 1;
      open.add(next);
      return next;
    },
    bind: () => 0,
    socketName: () => 0,
    attachFilter: () => 0,
    send(_fd, datagram) {
      const messages = decodeMessages(datagram.slice());
      sent.push(messages);
      const answers = answer(messages, sent.length);
      const [first] = answers;
      if (first && 'errno' in first && first.errno !== ENOBUFS) return -first.errno;
      queue.push(...answers);
      return datagram.length;
    },
    receive(_fd, buffer, _flags, sender) {
      const [first] = queue;
      if (!first) return -EAGAIN;
      queue.shift();
      if ('errno' in first) return -first.errno;
      buffer.set(first.bytes.subarray(0, buffer.length));
      viewOf(sender).setUint32(4, first.port ?? 0, littleEndian);
      return first.bytes.length;
    },
    setSocketOption: () => 0,
    close(fd) {
      open.delete(fd);
      return 0;
    },
    setNamespace: () => 0,
    namespaceType: () => 0x4000_0000,
  };
}

/** Several messages as one datagram. */
export function datagram(...messages: Message[]): Waiting {
  return { bytes: Uint8Array.from(messages.flatMap((message) => [...encodeMessage(message)])) };
}

/** NLMSG_ERROR for a message: 0 says that it went well. `words` make it an extended ack. */
export function ack(to: Message, errno = 0, words?: string): Message {
  const attribute = words === undefined ? [] : [...textAttribute(1, words)];
  const body = new Uint8Array(20 + attribute.length);
  viewOf(body).setInt32(0, -errno, littleEndian);
  viewOf(body).setUint32(4, 16, littleEndian);
  body.set(attribute, 20);
  const flags = NLM_F.CAPPED | (words === undefined ? 0 : NLM_F.ACK_TLVS);
  return { type: NLMSG.ERROR, flags, sequence: to.sequence, body };
}

/** NLMSG_DONE that ends the dump which a message asked for. */
export function done(to: Message, flags = 0): Message {
  return {
    type: NLMSG.DONE,
    flags: NLM_F.MULTI | flags,
    sequence: to.sequence,
    body: new Uint8Array(4),
  };
}

function textAttribute(type: number, text: string): Uint8Array {
  const value = Buffer.from(`${text}\0`);
  const bytes = new Uint8Array((4 + value.length + 3) & ~3);
  viewOf(bytes).setUint16(0, 4 + value.length, littleEndian);
  viewOf(bytes).setUint16(2, type, littleEndian);
  bytes.set(value, 4);
  return bytes;
}
