import { type Acknowledgement, decodeAcknowledgement, success } from '../codec/acknowledgement.js';
import { decodeHeaders, decodeMessages, NLM_F, NLMSG } from '../codec/message.js';
import { decodeError } from '../error.js';
import type { Syscalls } from '../ffi/syscalls.js';
import { Hold } from '../hold.js';
import type { RunOptions } from '../thread/shared-thread.js';
import type { BlockingThread } from '../thread/thread.js';
import { batchesOf, encodeBatch } from './batch.js';
import type { Exchange, ExchangeResult } from './exchange.js';
import { NetlinkSocket } from './netlink-socket.js';
import type { NetlinkRequest, NetlinkTransaction } from './request.js';

/** How a question ended, and what the kernel told until then. */
export interface QueryAnswer {
  readonly ack: Acknowledgement;
  /** The number of the question: messages of other numbers do not belong to the answer. */
  readonly sequence: number;
  readonly datagrams: readonly Uint8Array[];
}

/** A batch that is ready to be sent, and how its answer is read. */
export interface PreparedBatch {
  readonly exchange: Exchange;
  /** How each request ended, in their order. @throws {NetlinkError} DECODE. */
  answersOf(result: ExchangeResult): Acknowledgement[];
}

/** Answers to a full batch of failures, with the kernel's words: under 2 KiB of buffer each. */
const RECEIVE_BUFFER = 1024 * 1024;

/** Requests whose answers fit into any socket's buffer, failed requests in them and all: 8 KiB each of the 208 KiB that sockets have by default. */
const FEW = 26;

/**
 * A netlink socket for requests, whose exchanges with the kernel happen on a thread that may wait. Knows no object,
 * only messages. The socket is closed when the last exchange has ended.
 */
export class RequestSocket implements Disposable {
  readonly #socket: NetlinkSocket;
  readonly #thread: BlockingThread;
  #sequence = 0;
  #pending = 0;
  #hasRoom = false;
  #closed = false;

  /** Opens it in the namespace that the thread is in. @throws {NetlinkError} the kernel's code. */
  constructor(syscalls: Syscalls, protocol: number, thread: BlockingThread) {
    this.#socket = NetlinkSocket.open(syscalls, protocol);
    this.#thread = thread;
  }

  /** Who waits for its exchanges. */
  get thread(): BlockingThread {
    return this.#thread;
  }

  /** The port that its requests come from. */
  get port(): number {
    return this.#socket.port;
  }

  /** True once disposed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Sends requests, many per datagram, and tells how each ended, in their order. A failed one stops none that follow. */
  async transact(requests: readonly NetlinkRequest[]): Promise<Acknowledgement[]> {
    // All handed over before the first answer is awaited: nothing that is sent later comes in between.
    const answers: Promise<Acknowledgement[]>[] = [];
    for (const batch of batchesOf(requests)) answers.push(this.#transactBatch(batch));
    return (await Promise.all(answers)).flat();
  }

  /** Asks a question. */
  async query(request: NetlinkRequest, options?: RunOptions): Promise<QueryAnswer> {
    this.#makeRoom();
    const sequence = this.#reserveSequence(1);
    const dump = (request.flags & NLM_F.DUMP) === NLM_F.DUMP;
    const datagram = encodeBatch([request], sequence, 0);
    const exchange = { fd: this.#socket.fd, datagram, last: sequence, dump };
    using _held = this.hold();
    const result = await this.#thread.run('exchange', exchange, options);
    return { ack: endOf(result, sequence), sequence, datagrams: result.datagrams };
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    if (this.#pending === 0) this.#socket[Symbol.dispose]();
  }

  /** Makes an exchange of one batch, for whoever carries out several; {@link hold} the socket until then. */
  prepare(requests: readonly NetlinkRequest[]): PreparedBatch {
    if (requests.length > FEW) this.#makeRoom();
    const first = this.#reserveSequence(requests.length);
    const last = first + requests.length - 1;
    const datagram = encodeBatch(requests, first, NLM_F.ACK);
    const exchange = { fd: this.#socket.fd, datagram, last, dump: false };
    return { exchange, answersOf: (result) => answersOf(result, first, requests.length) };
  }

  /**
   * Makes an exchange of a transaction. Asked to be confirmed is the last request in it: the kernel tells of all of them when it is through
   * (nfnl_err_deliver), and confirms what encloses them since Linux 6.10 only.
   */
  prepareTransaction({ begin, requests, end }: NetlinkTransaction): PreparedBatch {
    const all = [begin, ...requests, end];
    if (all.length > FEW) this.#makeRoom();
    const first = this.#reserveSequence(all.length);
    const datagram = encodeBatch(all, first, NLM_F.ACK, requests.length);
    const exchange = { fd: this.#socket.fd, datagram, last: first + requests.length, dump: false };
    return { exchange, answersOf: (result) => answersInside(result, first, requests.length) };
  }

  /** Keeps the socket open until the hold is disposed, also past its own disposal. */
  hold(): Disposable {
    this.#pending += 1;
    return new Hold(() => this.#release());
  }

  async #transactBatch(requests: readonly NetlinkRequest[]): Promise<Acknowledgement[]> {
    const { exchange, answersOf } = this.prepare(requests);
    using _held = this.hold();
    return answersOf(await this.#thread.run('exchange', exchange));
  }

  #release(): void {
    this.#pending -= 1;
    if (this.#closed && this.#pending === 0) this.#socket[Symbol.dispose]();
  }

  #makeRoom(): void {
    if (this.#hasRoom) return;
    this.#hasRoom = true;
    this.#socket.expectMuch(RECEIVE_BUFFER);
  }

  /** The first of `count` numbers in a row, all of 32 bits and none 0. */
  #reserveSequence(count: number): number {
    if (this.#sequence + count > 0xffff_ffff) this.#sequence = 0;
    const first = this.#sequence + 1;
    this.#sequence += count;
    return first;
  }
}

/** How each of `count` requests ended that are numbered from `first`. */
function answersOf(
  { end, errno, datagrams }: ExchangeResult,
  first: number,
  count: number,
): Acknowledgement[] {
  // Only the last was asked to be confirmed, so silence about another one means that it went well.
  const silence: Acknowledgement = end === 'answered' ? success : faultOf(end, errno);
  const answers = new Array<Acknowledgement>(count).fill(silence);
  for (const message of datagrams.flatMap(decodeMessages)) {
    if (message.type !== NLMSG.ERROR || message.sequence < first) continue;
    answers[message.sequence - first] = decodeAcknowledgement(message);
  }
  return answers;
}

/** How each of `count` requests of a transaction ended. What the kernel says of the message in front, numbered `first`, it says of all of them. */
function answersInside(result: ExchangeResult, first: number, count: number): Acknowledgement[] {
  const [whole = success, ...each] = answersOf(result, first, count + 1);
  return whole.errno === 0 ? each : each.map(() => whole);
}

/**
 * How the kernel ended the answer to a question: with an error or NLMSG_DONE, or by answering.
 *
 * @throws {NetlinkError} DECODE when a message is cut or an acknowledgement makes no sense.
 */
function endOf({ end, errno, datagrams }: ExchangeResult, sequence: number): Acknowledgement {
  if (end !== 'answered') return faultOf(end, errno);
  let ack: Acknowledgement = success;
  for (const datagram of datagrams) {
    const end = decodeHeaders(datagram, (type, flags, number, start, stop) => {
      if (number !== sequence || (type !== NLMSG.ERROR && type !== NLMSG.DONE)) return;
      const body = datagram.subarray(start, stop);
      ack = decodeAcknowledgement({ type, flags, sequence, body });
    });
    if (end < datagram.length) throw decodeError('netlink datagram', `bad length at byte ${end}`);
  }
  return ack;
}

function faultOf(end: Exclude<ExchangeResult['end'], 'answered'>, errno: number): Acknowledgement {
  return end === 'refused' ? { errno } : { errno: 0, fault: end };
}
