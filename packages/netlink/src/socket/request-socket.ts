import { type Acknowledgement, decodeAcknowledgement, success } from '../codec/acknowledgement.js';
import {
  decodeMessages,
  HEADER_LENGTH,
  type Message,
  messageSize,
  NLM_F,
  NLMSG,
  writeMessage,
} from '../codec/message.js';
import { NETLINK_ROUTE } from '../ffi/constants.js';
import type { Syscalls } from '../ffi/syscalls.js';
import { NetlinkSocket } from './netlink-socket.js';
import type { NetlinkRequest } from './request.js';

/** How a question ended, and what the kernel told until then. */
export interface QueryAnswer {
  readonly ack: Acknowledgement;
  readonly messages: readonly Message[];
}

/** Answers to a full batch of failures, with the kernel's words: under 2 KiB of buffer each. */
const RECEIVE_BUFFER = 1024 * 1024;
const BATCH_MESSAGES = 256;
const BATCH_BYTES = 64 * 1024;
/** A dump that was interrupted this often in a row will be so again. */
const DUMP_ATTEMPTS = 10;

/** The answer that got lost, as far as one can tell. */
const lost: Acknowledgement = { errno: 0, fault: 'lost' };

const interrupted: QueryAnswer = { ack: { errno: 0, fault: 'interrupted' }, messages: [] };

/**
 * A NETLINK_ROUTE socket for requests. Synchronous: rtnetlink handles a request in the sender's own context, so its
 * answer waits when the send returns. Knows no object, only messages.
 */
export class RequestSocket implements Disposable {
  readonly #socket: NetlinkSocket;
  #sequence = 0;

  /** Opens it in the namespace that the thread is in. @throws {NetlinkError} the kernel's code. */
  constructor(syscalls: Syscalls) {
    this.#socket = NetlinkSocket.open(syscalls, NETLINK_ROUTE, { receiveBuffer: RECEIVE_BUFFER });
  }

  /** Sends requests, many per datagram, and tells how each ended, in their order. A failed one stops none that follow. */
  transact(requests: readonly NetlinkRequest[]): Acknowledgement[] {
    const answers: Acknowledgement[] = [];
    for (let start = 0; start < requests.length; ) {
      const end = batchEnd(requests, start);
      answers.push(...this.#transactBatch(requests.slice(start, end)));
      start = end;
    }
    return answers;
  }

  /** Asks a question. A dump that the kernel marks as inconsistent (NLM_F_DUMP_INTR) is asked again. */
  query(request: NetlinkRequest): QueryAnswer {
    const dump = (request.flags & NLM_F.DUMP) === NLM_F.DUMP;
    if (!dump) return this.#ask(request);
    for (let attempt = 1; attempt <= DUMP_ATTEMPTS; attempt++) {
      const answer = this.#dump(request);
      if (answer) return answer;
    }
    return interrupted;
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  #transactBatch(requests: readonly NetlinkRequest[]): Acknowledgement[] {
    const first = this.#reserveSequence(requests.length);
    const last = first + requests.length - 1;
    const errno = this.#socket.send(encodeBatch(requests, first));
    if (errno !== 0) return requests.map(() => ({ errno }));
    const answers = new Map<number, Acknowledgement>();
    const complete = this.#collect(false, (message) => {
      if (message.type === NLMSG.ERROR && message.sequence >= first) {
        answers.set(message.sequence, decodeAcknowledgement(message));
      }
      return answers.has(last);
    });
    // Only the last was asked to be confirmed, so silence about another one means that it went well.
    return requests.map((_, i) => answers.get(first + i) ?? (complete ? success : lost));
  }

  /** A question with one answer. */
  #ask(request: NetlinkRequest): QueryAnswer {
    const sequence = this.#reserveSequence(1);
    const errno = this.#socket.send(encodeBatch([request], sequence, 0));
    if (errno !== 0) return { ack: { errno }, messages: [] };
    const messages: Message[] = [];
    let ack: Acknowledgement | undefined;
    const complete = this.#collect(true, (message) => {
      if (message.sequence !== sequence) return false;
      if (message.type === NLMSG.ERROR) ack = decodeAcknowledgement(message);
      else messages.push(message);
      return true;
    });
    return { ack: complete ? (ack ?? success) : lost, messages };
  }

  /** A question with many answers, up to NLMSG_DONE; `undefined` when the tables changed meanwhile. */
  #dump(request: NetlinkRequest): QueryAnswer | undefined {
    const sequence = this.#reserveSequence(1);
    const errno = this.#socket.send(encodeBatch([request], sequence, 0));
    if (errno !== 0) return { ack: { errno }, messages: [] };
    const messages: Message[] = [];
    let ack: Acknowledgement | undefined;
    let consistent = true;
    const complete = this.#collect(true, (message) => {
      if (message.sequence !== sequence) return false;
      if (message.flags & NLM_F.DUMP_INTR) consistent = false;
      if (message.type !== NLMSG.ERROR && message.type !== NLMSG.DONE) messages.push(message);
      else ack = decodeAcknowledgement(message);
      return ack !== undefined;
    });
    if (!complete || !ack) return { ack: lost, messages: [] };
    return consistent ? { ack, messages } : undefined;
  }

  /**
   * Hands messages from the kernel to `take` until that says it has enough. False when the kernel had no more to say, or
   * dropped something. Leaves nothing behind that a later request could mistake for its answer.
   *
   * With `keep`, the messages outlive the call.
   */
  #collect(keep: boolean, take: (message: Message) => boolean): boolean {
    let enough = false;
    let intact = true;
    let failure: unknown;
    while (!enough || !intact || failure) {
      const received = this.#socket.receive();
      if (received.kind === 'empty') break;
      if (received.kind !== 'datagram') intact = false;
      else if (received.senderPort === 0 && !failure) {
        try {
          const bytes = keep ? received.bytes.slice() : received.bytes;
          for (const message of decodeMessages(bytes)) enough = take(message) || enough;
        } catch (error) {
          failure = error;
        }
      }
    }
    if (failure) throw failure;
    return enough && intact;
  }

  /** The first of `count` numbers in a row, all of 32 bits and none 0. */
  #reserveSequence(count: number): number {
    if (this.#sequence + count > 0xffff_ffff) this.#sequence = 0;
    const first = this.#sequence + 1;
    this.#sequence += count;
    return first;
  }
}

/** Requests as one datagram, numbered from `first`; the last gets `lastFlags` on top, by default the wish to be confirmed. */
function encodeBatch(
  requests: readonly NetlinkRequest[],
  first: number,
  lastFlags: number = NLM_F.ACK,
): Uint8Array {
  const size = requests.reduce((sum, { body }) => sum + messageSize(body.length), 0);
  const datagram = new Uint8Array(size);
  let offset = 0;
  for (const [i, { type, flags, body }] of requests.entries()) {
    const all = NLM_F.REQUEST | flags | (i === requests.length - 1 ? lastFlags : 0);
    offset = writeMessage(datagram, offset, { type, flags: all, sequence: first + i, body });
  }
  return datagram;
}

/** Where the batch that starts at `start` ends: at least one request, and no more than the buffers hold. */
function batchEnd(requests: readonly NetlinkRequest[], start: number): number {
  let end = start;
  let size = 0;
  for (; end < requests.length && end - start < BATCH_MESSAGES; end++) {
    size += messageSize(requests[end]?.body.length ?? HEADER_LENGTH);
    if (size > BATCH_BYTES && end > start) break;
  }
  return end;
}
