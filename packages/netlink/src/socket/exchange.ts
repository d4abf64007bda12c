import { u32At } from '../codec/byte-order.js';
import { decodeHeaders, NLM_F, NLMSG } from '../codec/message.js';
import type { Syscalls } from '../ffi/syscalls.js';
import { receiveDatagram, sendDatagram } from './receive.js';

/** A datagram of requests for the kernel, and how one knows that it has answered. Plain data. */
export interface Exchange {
  /** Descriptor of the netlink socket. */
  readonly fd: number;
  readonly datagram: Uint8Array;
  /** Number of the last request in it: an answer to that ends the exchange. */
  readonly last: number;
  /** True when the last request is a dump, whose end is NLMSG_DONE. */
  readonly dump: boolean;
}

/**
 * What follows a step in which the kernel refuses something.
 *
 * - `stop`: nothing more
 * - `continue`: the next step, as if nothing had been refused
 * - `skip-next`: the step after the next one
 */
export type OnFailure = 'stop' | 'continue' | 'skip-next';

/** An exchange of one step of several. */
export interface StepExchange extends Exchange {
  /** Number of the step; one with many requests has several exchanges. */
  readonly step: number;
  readonly onFailure: OnFailure;
}

/** What came of an exchange. Plain data. */
export interface ExchangeResult {
  /**
   * - `answered`: the kernel has said all that it had to say
   * - `refused`: the datagram was not sent, or the socket failed; `errno` says why
   * - `lost`: the kernel dropped some of its answer
   * - `interrupted`: the tables changed during every attempt to dump them
   */
  readonly end: 'answered' | 'refused' | 'lost' | 'interrupted';
  /** Number of the error, positive; 0 when there was none. */
  readonly errno: number;
  /** What the kernel answered, each in a buffer of its own. */
  readonly datagrams: readonly Uint8Array[];
}

/** The same, with the time that it took. */
export interface TimedExchangeResult extends ExchangeResult {
  /** From the sending to the last answer, milliseconds. */
  readonly ms: number;
}

/** A dump that was interrupted this often in a row will be so again. */
const DUMP_ATTEMPTS = 10;

/**
 * Sends requests and takes the answers. A netlink request is carried out in the sender's own context: send(2) returns
 * when it is done, after waiting for whatever lock it needs, and the answer is there. A dump that the kernel marks as
 * inconsistent (NLM_F_DUMP_INTR) is asked again.
 *
 * @param isKept - which of the answers come back; all of them by default.
 */
export function exchange(
  syscalls: Syscalls,
  job: Exchange,
  isKept: (seen: Seen) => boolean = () => true,
): ExchangeResult {
  for (let attempt = 1; ; attempt++) {
    const errno = sendDatagram(syscalls, job.fd, job.datagram);
    if (errno !== 0) return { end: 'refused', errno, datagrams: [] };
    const result = collect(syscalls, job, isKept);
    if (result.end !== 'interrupted' || attempt === DUMP_ATTEMPTS) return result;
  }
}

/**
 * Exchanges one after the other; `undefined` for one that was skipped, nothing for those after the last. Of the answers only those
 * with a refusal come back: silence means that all went well, and what is handed to another thread costs time.
 */
export function exchangeInOrder(
  syscalls: Syscalls,
  jobs: readonly StepExchange[],
): readonly (TimedExchangeResult | undefined)[] {
  const results: (TimedExchangeResult | undefined)[] = [];
  let skipped: number | undefined;
  for (const job of jobs) {
    if (job.step === skipped) {
      results.push(undefined);
      continue;
    }
    const started = performance.now();
    const { end, errno, datagrams } = exchange(syscalls, job, refuses);
    results.push({ end, errno, datagrams, ms: performance.now() - started });
    if (job.onFailure === 'continue') continue;
    if (end === 'answered' && datagrams.length === 0) continue;
    if (job.onFailure === 'stop') break;
    skipped = job.step + 1;
  }
  return results;
}

/**
 * Takes datagrams until the answer to the last request is among them. Where the kernel dropped something, or sent what
 * cannot be read, until the queue is empty: nothing is left that a later request could mistake for its answer.
 */
function collect(
  syscalls: Syscalls,
  job: Exchange,
  isKept: (seen: Seen) => boolean,
): ExchangeResult {
  const datagrams: Uint8Array[] = [];
  let ended = false;
  let intact = true;
  let readable = true;
  let consistent = true;
  while (!ended || !intact || !readable) {
    const received = receiveDatagram(syscalls, job.fd);
    if (received.kind === 'failed') return { end: 'refused', errno: received.errno, datagrams };
    if (received.kind === 'empty') break;
    if (received.kind === 'overrun') intact = false;
    // Anybody may send to a netlink socket's port; only the kernel has port 0.
    else if (received.senderPort === 0) {
      const seen = look(received.bytes, job);
      // The next one comes into the same buffer.
      if (isKept(seen)) datagrams.push(received.bytes.slice());
      ended ||= seen.last;
      readable &&= seen.readable;
      consistent &&= !seen.interrupted;
    }
  }
  // Whoever decodes a broken datagram will say what is wrong with it.
  if (!readable) return { end: 'answered', errno: 0, datagrams };
  if (!ended || !intact) return { end: 'lost', errno: 0, datagrams };
  return { end: consistent ? 'answered' : 'interrupted', errno: 0, datagrams };
}

/** What the headers in a datagram say. */
interface Seen {
  /** The exchange ends here. */
  readonly last: boolean;
  /** The dump is inconsistent. */
  readonly interrupted: boolean;
  /** It is well-formed. */
  readonly readable: boolean;
  /** There is an NLMSG_ERROR with a number other than 0, which is its body's first, or one that is cut. */
  readonly refused: boolean;
}

/** What is of interest where silence means that all went well. */
function refuses({ refused, readable }: Seen): boolean {
  return refused || !readable;
}

function look(datagram: Uint8Array, job: Exchange): Seen {
  let last = false;
  let interrupted = false;
  let refused = false;
  const end = decodeHeaders(datagram, (type, flags, sequence, start, stop) => {
    if (type === NLMSG.ERROR) refused ||= stop - start < 4 || u32At(datagram, start) !== 0;
    if (sequence !== job.last) return;
    last ||= !job.dump || type === NLMSG.DONE || type === NLMSG.ERROR;
    interrupted ||= job.dump && (flags & NLM_F.DUMP_INTR) !== 0;
  });
  return { last, interrupted, readable: end === datagram.length, refused };
}
