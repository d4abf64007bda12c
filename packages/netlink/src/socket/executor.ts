import type { Acknowledgement } from '../codec/acknowledgement.js';
import { closedError } from '../error.js';
import { NETLINK_ROUTE } from '../ffi/constants.js';
import { libc } from '../ffi/libc.js';
import type { Syscalls } from '../ffi/syscalls.js';
import type { Netns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import type { RunOptions } from '../thread/shared-thread.js';
import { type BlockingThread, blockingThread } from '../thread/thread.js';
import { batchesOf } from './batch.js';
import type { OnFailure, StepExchange, TimedExchangeResult } from './exchange.js';
import { holdAll, holdNamespaces } from './hold-all.js';
import type { NetlinkRequest, NetlinkTransaction } from './request.js';
import { type PreparedBatch, type QueryAnswer, RequestSocket } from './request-socket.js';

/** Carries out requests of one namespace, one after the other in the order of the calls. */
export interface Executor extends Disposable {
  /** The netlink port that its requests come from. @throws {NetlinkError} CLOSED after disposal. */
  readonly port: number;
  /** Sends requests; tells how each ended, in their order. */
  transact(requests: readonly NetlinkRequest[]): Promise<readonly Acknowledgement[]>;
  /** Asks a question, with NLM_F_DUMP for all objects. */
  query(request: NetlinkRequest, options?: RunOptions): Promise<QueryAnswer>;
}

/** What an executor is made with. */
export interface ExecutorOptions {
  /** Where its socket is; the namespace that the calling thread is in by default. */
  readonly netns?: Netns | undefined;
  /** Netlink family; NETLINK_ROUTE by default. */
  readonly protocol?: number;
  /** Who waits for the kernel; the thread that all handles of the process share by default. */
  readonly thread?: BlockingThread;
  /** Another kernel, for tests. */
  readonly syscalls?: Syscalls;
}

/**
 * Opens an executor. Its socket stays in `netns`, which may be disposed right after.
 *
 * After disposal calls are refused with CLOSED; those made before are carried out.
 *
 * @throws {NetlinkError} when the namespace cannot be entered or the socket not opened.
 */
export function openExecutor({
  netns,
  protocol = NETLINK_ROUTE,
  thread = blockingThread(),
  syscalls = libc(),
}: ExecutorOptions = {}): Executor {
  const open = (): RequestSocket => new RequestSocket(syscalls, protocol, thread);
  return new SocketExecutor(netns ? runInNetns(netns, open, syscalls) : open());
}

/** A class, since every pod has one: see `NetnsHandle`. */
class SocketExecutor implements Executor {
  readonly socket: RequestSocket;

  constructor(socket: RequestSocket) {
    this.socket = socket;
  }

  get port(): number {
    return this.socket.port;
  }

  async transact(requests: readonly NetlinkRequest[]): Promise<readonly Acknowledgement[]> {
    if (this.socket.closed) throw closedError(operationOf(requests), 'netlink handle');
    using _held = holdNamespaces(requests);
    return await this.socket.transact(requests);
  }

  async query(request: NetlinkRequest, options?: RunOptions): Promise<QueryAnswer> {
    if (this.socket.closed) throw closedError(request.operation, 'netlink handle');
    using _held = holdNamespaces([request]);
    return await this.socket.query(request, options);
  }

  [Symbol.dispose](): void {
    this.socket[Symbol.dispose]();
  }
}

/** What sends the requests of an executor. Those of tests have nothing that could be in one job with others. */
function socketOf(executor: Executor, work: Work): RequestSocket {
  const socket = executor instanceof SocketExecutor ? executor.socket : undefined;
  if (!socket || socket.closed) throw closedError(operationOf(work), 'netlink handle');
  return socket;
}

/** Requests, each carried out by itself, or a transaction. */
export type Work = readonly NetlinkRequest[] | NetlinkTransaction;

/** Work for one executor. */
export interface Step {
  readonly executor: Executor;
  readonly work: Work;
  readonly onFailure: OnFailure;
}

/** What came of a {@link Step}. */
export interface StepAnswer {
  /** How each request ended, those of a transaction too; empty when the step was not carried out. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** How long the kernel took, milliseconds. */
  readonly ms: number;
}

/**
 * Carries out the requests of several executors, in order, in one job of the first one's thread. A step that was left out because
 * of an earlier one's failure has no answers.
 *
 * @throws {NetlinkError} CLOSED when one of the executors is disposed; nothing is carried out then.
 */
export async function transactInOrder(
  steps: readonly Step[],
  options?: RunOptions,
): Promise<readonly StepAnswer[]> {
  // Loops throughout: arrays that `map` makes are of another kind to V8 where it has compiled that, and who reads them is given up then.
  const sockets: RequestSocket[] = [];
  for (const { executor, work } of steps) sockets.push(socketOf(executor, work));
  using _held = holdAll(usedBy(steps, sockets));
  const answers: WritableAnswer[] = [];
  const exchanges: StepExchange[] = [];
  const readers: ((result: TimedExchangeResult) => void)[] = [];
  for (const [step, { work, onFailure }] of steps.entries()) {
    answers.push({ acknowledgements: [], ms: 0 });
    for (const { exchange, answersOf } of prepare(sockets[step], work)) {
      const { fd, datagram, last, dump } = exchange;
      exchanges.push({ fd, datagram, last, dump, step, onFailure });
      readers.push((result) => addTo(answers[step], answersOf(result), result.ms));
    }
  }
  const [first] = sockets;
  if (!first || exchanges.length === 0) return answers;
  const results = await first.thread.run('exchanges', exchanges, options);
  for (const [i, result] of results.entries()) if (result) readers[i]?.(result);
  return answers;
}

interface WritableAnswer extends StepAnswer {
  readonly acknowledgements: Acknowledgement[];
  ms: number;
}

function addTo(
  answer: WritableAnswer | undefined,
  acknowledgements: readonly Acknowledgement[],
  ms: number,
): void {
  if (!answer) return;
  answer.acknowledgements.push(...acknowledgements);
  answer.ms += ms;
}

/** What has to stay open until steps have been carried out: their sockets, and the namespaces that their requests name. */
function usedBy(
  steps: readonly Step[],
  sockets: readonly RequestSocket[],
): readonly { hold(): Disposable }[] {
  const used: { hold(): Disposable }[] = [...sockets];
  for (const { work } of steps) {
    for (const { namespaces } of requestsOf(work)) if (namespaces) used.push(...namespaces);
  }
  return used;
}

/** The requests of a work. */
export function requestsOf(work: Work): readonly NetlinkRequest[] {
  return isTransaction(work) ? work.requests : work;
}

function prepare(socket: RequestSocket | undefined, work: Work): PreparedBatch[] {
  if (!socket) return [];
  if (isTransaction(work)) return [socket.prepareTransaction(work)];
  return batchesOf(work).map((batch) => socket.prepare(batch));
}

function isTransaction(work: Work): work is NetlinkTransaction {
  return !Array.isArray(work);
}

function operationOf(work: Work): string {
  if (isTransaction(work)) return work.operation;
  return work[0]?.operation ?? 'send requests';
}
