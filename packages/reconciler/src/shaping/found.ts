import type { ShapingState } from '@poplin/backend';
import type { Filter, Link, Netlink, Qdisc } from '@poplin/netlink';
import { findLink } from '../link/known.js';
import { isHostLink } from '../ownership.js';
import { hostLinkOf, ifbNameOf, isOwnIfb } from './ifb.js';

/** What the kernel has of the limits of one pod, and what is in their place. */
export interface FoundShaping {
  /** The host's end of the pod's link; absent when it is gone. */
  readonly host: Link | undefined;
  /** The qdisc at its root; absent for one that the kernel has put there by itself. */
  readonly root: Qdisc | undefined;
  /** The place of filters on what comes from the pod: `clsact` or `ingress`. */
  readonly ingress: Qdisc | undefined;
  /** Filters on what comes from the pod. */
  readonly filters: readonly Filter[];
  /** Filters on what goes to the pod; read only when the place of filters may have to go. */
  readonly egressFilters: readonly Filter[];
  /** The link of the name that the limit's `ifb` link has, whoever made it. */
  readonly ifb: Link | undefined;
  /** The qdisc at its root. */
  readonly ifbRoot: Qdisc | undefined;
}

/**
 * Reads the limits of one pod.
 *
 * @param wanted - its limits, where it is to have some.
 * @throws {NetlinkError} when the kernel cannot be read.
 */
export async function readShaping(
  netlink: Netlink,
  link: string,
  wanted: ShapingState | undefined,
): Promise<FoundShaping> {
  const [host, ifb, qdiscs] = await Promise.all([
    findLink(netlink, link),
    findLink(netlink, ifbNameOf(link)),
    netlink.qdisc.list(),
  ]);
  return assemble(netlink, { host, ifb, wanted }, qdiscs);
}

/**
 * Reads the limits of all pods that are to have some, or have some of an earlier wish. Asks the kernel nothing where no pod
 * has or is to have any: the links, which every look reads, show it.
 *
 * @returns by name of the host's end.
 * @throws {NetlinkError} when the kernel cannot be read.
 */
export async function readShapings(
  netlink: Netlink,
  links: ReadonlyMap<string, Link>,
  wanted: ReadonlyMap<string, ShapingState>,
): Promise<ReadonlyMap<string, FoundShaping>> {
  const names = new Set([...wanted.keys(), ...limitedLinks(links)]);
  if (names.size === 0) return new Map();
  const qdiscs = await netlink.qdisc.list();
  const found = await Promise.all(
    [...names].map(async (name): Promise<[string, FoundShaping]> => {
      const host = links.get(name);
      const ifb = links.get(ifbNameOf(name));
      return [name, await assemble(netlink, { host, ifb, wanted: wanted.get(name) }, qdiscs)];
    }),
  );
  return new Map(found);
}

/** Host's ends that seem to have a limit of ours: a token bucket of their own (IFLA_QDISC), or an `ifb` link. */
function limitedLinks(links: ReadonlyMap<string, Link>): string[] {
  return [...links.values()].flatMap((link) => {
    if (isHostLink(link)) return link.qdisc === 'tbf' ? [link.name] : [];
    const hostLink = hostLinkOf(link.name);
    return hostLink !== undefined && isOwnIfb(link, links.get(hostLink)) ? [hostLink] : [];
  });
}

interface Ends {
  readonly host: Link | undefined;
  readonly ifb: Link | undefined;
  readonly wanted: ShapingState | undefined;
}

async function assemble(
  netlink: Netlink,
  { host, ifb, wanted }: Ends,
  qdiscs: readonly Qdisc[],
): Promise<FoundShaping> {
  const on = (link: Link | undefined): readonly Qdisc[] =>
    link ? qdiscs.filter(({ ifindex }) => ifindex === link.ifindex) : [];
  const ingress = on(host).find(({ kind }) => kind === 'clsact' || kind === 'ingress');
  const filtersAt = async (parent: 'ingress' | 'egress'): Promise<readonly Filter[]> =>
    host && ingress ? netlink.filter.list({ ifindex: host.ifindex, parent }) : [];
  const [filters, egressFilters] = await Promise.all([
    filtersAt('ingress'),
    wanted?.fromPod ? [] : filtersAt('egress'),
  ]);
  return {
    host,
    root: rootOf(on(host)),
    ingress,
    filters,
    egressFilters,
    ifb,
    ifbRoot: rootOf(on(ifb)),
  };
}

/** A qdisc without a handle is the kernel's own default: it gives way to any other. */
function rootOf(qdiscs: readonly Qdisc[]): Qdisc | undefined {
  return qdiscs.find(({ parent, handle }) => parent === 'root' && handle !== undefined);
}
