import type { Acknowledgement } from '../codec/acknowledgement.js';
import { closedError } from '../error.js';
import { NETLINK_ROUTE } from '../ffi/constants.js';
import { libc } from '../ffi/libc.js';
import type { Syscalls } from '../ffi/syscalls.js';
import type { Netns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { type BlockingThread, blockingThread } from '../thread/thread.js';
import { holdNamespaces } from './hold.js';
import type { NetlinkRequest } from './request.js';
import { type QueryAnswer, RequestSocket } from './request-socket.js';

/** Carries out requests of one namespace, one after the other in the order of the calls. */
export interface Executor extends Disposable {
  /** Sends requests; tells how each ended, in their order. */
  transact(requests: readonly NetlinkRequest[]): Promise<readonly Acknowledgement[]>;
  /** Asks a question, with NLM_F_DUMP for all objects. */
  query(request: NetlinkRequest): Promise<QueryAnswer>;
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
  const socket = netns ? runInNetns(netns, open, syscalls) : open();
  return {
    async transact(requests) {
      if (socket.closed) throw closedError(operationOf(requests), 'netlink handle');
      using _held = holdNamespaces(requests);
      return await socket.transact(requests);
    },
    async query(request) {
      if (socket.closed) throw closedError(request.operation, 'netlink handle');
      using _held = holdNamespaces([request]);
      return await socket.query(request);
    },
    [Symbol.dispose]: () => socket[Symbol.dispose](),
  };
}

function operationOf(requests: readonly NetlinkRequest[]): string {
  return requests[0]?.operation ?? 'send requests';
}
