import type { Log } from '@poplin/net';
import { type Ethtool, type Netlink, openEthtool, openNetlink } from '@poplin/netlink';
import { applyChanges } from './apply.js';
import type { Change } from './change.js';
import { applyInCompany, type Company, goTogether, type Outcome } from './in-company.js';
import type { Item } from './item.js';
import type { KnownLink } from './link/known.js';
import type { ChainRestOptions } from './nftables/chain-rest.js';
import { endsLoopbackRoute, guarded, refusalOf } from './nftables/guarded.js';
import { Packets, type PacketsErrand } from './nftables/packets.js';
import { Reaper } from './retired.js';
import type { FoundShaping } from './shaping/found.js';
import type { SysctlRecord } from './sysctl.js';

/** What a {@link KernelWriter} is opened with. */
export interface KernelWriterOptions extends Pick<ChainRestOptions, 'chainRest'> {
  readonly log: Log;
  /** Told of each sysctl that is about to change. */
  readonly sysctls: SysctlRecord;
  /** The items wanted that a link takes with it when it goes. */
  readonly carriedBy: (link: string) => readonly Item[];
  /** Told of the index of a link that is about to be deleted, to be made anew. */
  readonly expectGone: (ifindex: number) => void;
  /** Runs a work that writes to the kernel, while nobody else does. */
  readonly exclusive: (work: (netlink: Netlink) => Promise<unknown>) => Promise<unknown>;
}

/** What goes with changes. */
export interface ApplyOptions {
  /** The links there are, by name; those made on the way are added. */
  readonly links: Map<string, KnownLink>;
  /** Limits that a look has just read. */
  readonly shapings?: ReadonlyMap<string, FoundShaping>;
  readonly company?: Company;
  /** How the nftables table is told; `false` when nothing of it has changed. */
  readonly table: TableTask | false;
}

/** How the nftables table is told of what is wanted of it. */
export interface TableTask {
  readonly commit: () => Promise<void>;
  /** What the commit comes to, where that can go with the changes, in one go. The commit follows. */
  readonly errand?: () => PacketsErrand | undefined;
}

/** The handles by which the kernel is changed, each kind of change in its turn. */
export class KernelWriter implements Disposable {
  readonly netlink: Netlink;
  readonly ethtool: Ethtool;
  readonly packets: Packets;
  readonly reaper: Reaper;
  readonly #told: Pick<KernelWriterOptions, 'sysctls' | 'carriedBy' | 'expectGone'>;

  /** @throws {NetlinkError} when the kernel or libnftables cannot be reached. */
  constructor({ log, exclusive, chainRest, ...told }: KernelWriterOptions) {
    this.netlink = openNetlink();
    this.ethtool = openEthtool();
    this.packets = new Packets(this.netlink, chainRest === undefined ? {} : { chainRest });
    this.reaper = new Reaper(exclusive, log);
    this.#told = told;
  }

  /**
   * Applies changes, the table's by its task. What that refuses keeps nothing else from being applied but loopback routes.
   *
   * @throws {NetlinkError} the first failure in {@link Company.first}; no change has been applied then but ends of loopback routes, and the
   *   table may have been told.
   */
  async apply(
    changes: readonly Change[],
    { links, shapings, company = { first: [], also: [] }, table }: ApplyOptions,
  ): Promise<Omit<Outcome, 'heldBack'> & { readonly refusal?: Error | undefined }> {
    const context = {
      netlink: this.netlink,
      ethtool: this.ethtool,
      ...this.#told,
      ...(shapings && { shapings }),
    };
    const errand = table && goTogether(changes) ? table.errand?.() : undefined;
    if (table && errand) {
      const outcome = await applyInCompany(context, changes, links, { errand, ...company });
      const refusal = await refusalOf(table.commit());
      const late = guarded(outcome.heldBack, refusal);
      const failures = await applyChanges(context, late, links);
      return { refusal, ...outcome, failures: [...outcome.failures, ...failures] };
    }
    if (!table) return applyInCompany(context, changes, links, company);
    const failures = await applyChanges(context, changes.filter(endsLoopbackRoute), links);
    const refusal = await refusalOf(table.commit());
    const rest = changes.filter((change) => !endsLoopbackRoute(change));
    const outcome = await applyInCompany(context, guarded(rest, refusal), links, company);
    return { refusal, ...outcome, failures: [...failures, ...outcome.failures] };
  }

  /** Closes the handles. To be called when nothing is under way. */
  [Symbol.dispose](): void {
    this.packets[Symbol.dispose]();
    this.ethtool[Symbol.dispose]();
    this.netlink[Symbol.dispose]();
  }
}
