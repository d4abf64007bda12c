import { errorOf } from '../codec/acknowledgement.js';
import { NETLINK_NETFILTER } from '../ffi/constants.js';
import type { Netns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { type Executor, openExecutor, transactInOrder } from '../socket/executor.js';
import { handleOver } from '../socket/handle.js';
import { blockingThread } from '../thread/thread.js';
import { NftContext } from './context.js';
import { elementChange } from './elements/change.js';
import type { NftElementChange } from './elements/types.js';
import { encodeNftCommands } from './encode.js';
import { nftLibrary } from './library.js';
import {
  listChain,
  listChains,
  listMap,
  listRuleset,
  listSet,
  listTable,
  listTables,
} from './list.js';
import type {
  NftChain,
  NftCommand,
  NftFamily,
  NftMap,
  NftMemberName,
  NftObject,
  NftSet,
  NftTable,
  NftTableName,
} from './types.js';

/**
 * A handle on the nftables of one namespace. Its calls are carried out in their order. Every one throws {@link NetlinkError}:
 * NFTABLES with libnftables' words, and the kernel's `errno` where it was the kernel; DECODE when libnftables answers something
 * else than objects; CLOSED after disposal. What is not there is no error but `undefined`.
 */
export interface Nftables extends Disposable {
  /**
   * Carries out commands as one transaction: all, or none. Same as `nft -j -f -`. The kernel may wait for
   * a grace period when rules or sets go, some 10 ms; the event loop does not.
   */
  run(commands: readonly NftCommand[]): Promise<void>;
  /**
   * Deletes elements and adds others as one transaction, without libnftables; see {@link elementChange}. The error has the kernel's
   * code. Common codes: ENOENT, EEXIST.
   */
  changeElements(change: NftElementChange): Promise<void>;
  /** The table and all that is in it. Same as `nft -j -a list table FAMILY NAME`. */
  list(table: NftTableName): Promise<readonly NftObject[] | undefined>;
  /** Tables, of all families or one, without what is in them. Same as `nft -j -a list tables [FAMILY]`. */
  listTables(family?: NftFamily): Promise<readonly NftTable[]>;
  /** Everything that is there, or of one family. Same as `nft -j -a list ruleset [FAMILY]`. */
  listRuleset(family?: NftFamily): Promise<readonly NftObject[]>;
  /** Chains, of all families or one, without their rules. Same as `nft -j -a list chains [FAMILY]`. */
  listChains(family?: NftFamily): Promise<readonly NftChain[]>;
  /** A chain and its rules. Same as `nft -j -a list chain FAMILY TABLE NAME`. */
  listChain(chain: NftMemberName): Promise<readonly NftObject[] | undefined>;
  /** A set with its elements. Same as `nft -j -a list set FAMILY TABLE NAME`. */
  listSet(set: NftMemberName): Promise<NftSet | undefined>;
  /** A map with its elements. Same as `nft -j -a list map FAMILY TABLE NAME`. */
  listMap(map: NftMemberName): Promise<NftMap | undefined>;
}

/**
 * Opens a handle on the nftables of a namespace, by default the one that the thread is in. It stays with that
 * namespace, and `netns` may be disposed right after. After its own disposal calls are refused; those made before are
 * carried out.
 *
 * @throws {NetlinkError} NFTABLES when libnftables is not installed; the kernel's code when the namespace cannot be entered.
 */
export function openNftables(options: { readonly netns?: Netns } = {}): Nftables {
  const library = nftLibrary();
  const open = () => ({
    executor: openExecutor({ protocol: NETLINK_NETFILTER }),
    context: new NftContext(library, blockingThread()),
  });
  const { executor, context } = options.netns ? runInNetns(options.netns, open) : open();
  return handleOver<Nftables>(executor, {
    async run(commands) {
      const operation = 'run nftables transaction';
      using _held = context.hold(operation);
      const encoded = encodeNftCommands(commands);
      if (encoded.length > 0) await context.run(operation, encoded);
    },
    changeElements: async (change) => carryOutElementChange(executor, change),
    list: (table) => listTable(context, table),
    listTables: (family) => listTables(context, family),
    listRuleset: (family) => listRuleset(context, family),
    listChains: (family) => listChains(context, family),
    listChain: (chain) => listChain(context, chain),
    listSet: (set) => listSet(context, set),
    listMap: (map) => listMap(context, map),
    [Symbol.dispose]() {
      executor[Symbol.dispose]();
      context[Symbol.dispose]();
    },
  });
}

async function carryOutElementChange(executor: Executor, change: NftElementChange): Promise<void> {
  const work = elementChange(change);
  const [answer] = await transactInOrder([{ executor, work, onFailure: 'stop' }]);
  for (const [i, request] of work.requests.entries()) {
    const acknowledgement = answer?.acknowledgements[i];
    const error = acknowledgement && errorOf(request, acknowledgement);
    if (error) throw error;
  }
}
