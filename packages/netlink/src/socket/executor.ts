import type { Acknowledgement } from '../codec/acknowledgement.js';
import { closedError } from '../error.js';
import { libc } from '../ffi/libc.js';
import type { Syscalls } from '../ffi/syscalls.js';
import type { Netns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import type { NetlinkRequest } from './request.js';
import { type QueryAnswer, RequestSocket } from './request-socket.js';

/**
 * Carries out requests of one namespace, one after the other in the order of the calls. What goes in and comes out is
 * plain data, so an executor may live on another thread, where waiting for RTNL holds nobody up.
 */
export interface Executor extends Disposable {
  /** Sends requests; tells how each ended, in their order. */
  transact(requests: readonly NetlinkRequest[]): Promise<readonly Acknowledgement[]>;
  /** Asks a question, with NLM_F_DUMP for all objects. */
  query(request: NetlinkRequest): Promise<QueryAnswer>;
}

/**
 * The executor of this thread: each call is done when it returns its promise. Its socket is made in `netns` and stays
 * there.
 *
 * @throws {NetlinkError} when the namespace cannot be entered or the socket not opened.
 */
export function openExecutor(netns?: Netns, syscalls: Syscalls = libc()): Executor {
  const open = (): RequestSocket => new RequestSocket(syscalls);
  const socket = netns ? runInNetns(netns, open, syscalls) : open();
  let closed = false;
  return {
    async transact(requests) {
      if (closed) throw closedError(requests[0]?.operation ?? 'send requests', 'netlink handle');
      return socket.transact(requests);
    },
    async query(request) {
      if (closed) throw closedError(request.operation, 'netlink handle');
      return socket.query(request);
    },
    [Symbol.dispose]() {
      closed = true;
      socket[Symbol.dispose]();
    },
  };
}
