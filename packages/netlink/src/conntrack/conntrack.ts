import type { Family } from '@poplin/net';
import { errorOf } from '../codec/acknowledgement.js';
import { NETLINK_NETFILTER } from '../ffi/constants.js';
import type { Netns } from '../namespace/netns.js';
import { type Executor, openExecutor } from '../socket/executor.js';
import { askAll, perform } from '../socket/perform.js';
import { decodeConntrack } from './decode.js';
import { conntrackDel, conntrackFlush } from './del.js';
import { conntrackList, passesConntrackFilter } from './list.js';
import type { ConntrackEntry, ConntrackFilter, ConntrackSelector } from './types.js';

/** A handle on the connections that a namespace tracks. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface Conntrack extends Disposable {
  /** Connections that pass a filter. Same as `conntrack -L`. Common codes: EPERM, ENOPROTOOPT or EINVAL where the kernel has no conntrack. */
  list(filter?: ConntrackFilter): Promise<readonly ConntrackEntry[]>;
  /** Forgets one connection: its next packet begins a new one. Same as `conntrack -D`. Common codes: ENOENT. */
  del(selector: ConntrackSelector): Promise<void>;
  /**
   * Forgets the connections that pass a filter, and tells how many. Those that ended by themselves meanwhile do not count. All are
   * tried before an error is thrown; EBUSY is for those that a flow table has taken over. Same as `conntrack -D` with options.
   */
  delMatching(filter: ConntrackFilter): Promise<number>;
  /** Forgets all, of one family if given, in one request; Linux before 5.2 may forget those of both. Same as `conntrack -F`. */
  flush(family?: Family): Promise<void>;
}

/**
 * Opens a handle on a namespace, by default the one that the thread is in. It stays with that namespace, and
 * `netns` may be disposed right after.
 *
 * @throws {NetlinkError} the kernel's code when the namespace cannot be entered or the socket not opened.
 */
export function openConntrack(options: { readonly netns?: Netns } = {}): Conntrack {
  const executor = openExecutor({ netns: options.netns, protocol: NETLINK_NETFILTER });
  const list = async (filter: ConntrackFilter = {}): Promise<ConntrackEntry[]> => {
    const entries = await askAll(executor, conntrackList(filter), decodeConntrack);
    return entries.filter((entry) => passesConntrackFilter(filter, entry));
  };
  return {
    list,
    del: async (selector) => perform(executor, conntrackDel(selector)),
    delMatching: async (filter) => delAll(executor, await list(filter)),
    flush: async (family) => perform(executor, conntrackFlush(family)),
    [Symbol.dispose]: () => executor[Symbol.dispose](),
  };
}

/** By number as well as by tuple: a connection that has ended may have been followed by another of the same tuple. */
async function delAll(executor: Executor, entries: readonly ConntrackEntry[]): Promise<number> {
  const requests = entries.map(({ original, zone, id }) =>
    conntrackDel({ tuple: original, zone, id }),
  );
  const answers = await executor.transact(requests);
  let count = 0;
  for (const [i, request] of requests.entries()) {
    const answer = answers[i];
    const error = answer && errorOf(request, answer);
    if (!error) count += 1;
    else if (error.code !== 'ENOENT') throw error;
  }
  return count;
}
