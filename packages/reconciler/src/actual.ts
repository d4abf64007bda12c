import type { SysctlState } from '@poplin/backend';
import {
  type Address,
  type Ethtool,
  type Link,
  type Neighbour,
  type Netlink,
  NetlinkError,
  readSysctl,
} from '@poplin/netlink';
import { bridgePortItem } from './bridge-port/item.js';
import type { Items } from './change.js';
import { fdbItem } from './fdb/item.js';
import { type Item, keyOf } from './item.js';
import { linkItem } from './link/item.js';
import { readOffloads } from './offload/tx-checksum.js';
import { isOwnLink, poplinProtocol } from './ownership.js';
import { routeItem } from './route/item.js';
import { ruleItem } from './rule/item.js';
import { type FoundShaping, readShapings } from './shaping/found.js';
import { shapingItem, shapingsOf } from './shaping/item.js';
import { linkOfSysctl } from './sysctl.js';

/** What the kernel holds of ours, and the links that everything hangs on. */
export interface Actual {
  /** Own objects, by key. The nftables table is not among them: see `nftables/`. */
  readonly items: Items;
  /** All links, ours or not, by name. */
  readonly links: ReadonlyMap<string, Link>;
  /** What limits are made of, where pods have or are to have some, by name of the host's end. */
  readonly shapings: ReadonlyMap<string, FoundShaping>;
}

/**
 * Reads everything in the kernel that is Poplin's, and the sysctls that are wanted.
 *
 * @throws {NetlinkError} when a dump fails; half an answer is never returned, for what is missing from it
 *   would be made again and what is there would be deleted.
 */
export async function readActual(
  { netlink, ethtool }: { readonly netlink: Netlink; readonly ethtool: Ethtool },
  wanted: Items,
): Promise<Actual> {
  // All asked at once: each answer that is awaited on its own costs two changes of threads.
  const [linkList, addresses, neighbours, routes, rules] = await Promise.all([
    netlink.link.list(),
    netlink.address.list(),
    netlink.neighbour.list({ protocol: poplinProtocol }),
    netlink.route.list({ protocol: poplinProtocol }),
    netlink.rule.list({ protocol: poplinProtocol }),
  ]);
  const vxlans = linkList.filter((link) => link.kind === 'vxlan' && isOwnLink(link));
  const [offloads, ...fdb] = await Promise.all([
    readOffloads(ethtool, linkList, wanted),
    ...vxlans.map(({ ifindex }) => netlink.fdb.list({ ifindex })),
  ]);
  const links = new Map(linkList.map((link) => [link.name, link]));
  const names = new Map(linkList.map((link) => [link.ifindex, link.name]));
  const items = new Map<string, Item>();
  const keep = (item: Item | undefined): void => {
    if (item) items.set(keyOf(item), item);
  };

  const indexOf = (name: string) => links.get(name)?.ifindex;
  for (const link of linkList) keep(linkItem(link, wanted.get(`link ${link.name}`), indexOf));
  for (const link of linkList) keep(bridgePortItem(link, wanted, names));
  for (const link of linkList) keep(loopbackRouteItem(link, wanted));
  for (const offload of offloads) keep(offload);
  for (const address of addresses) keep(addressItem(address, { links, names, wanted }));
  for (const neighbour of neighbours) keep(neighbourItem(neighbour, names));
  for (const entry of fdb.flat()) keep(fdbItem(entry, names.get(entry.ifindex)));
  for (const route of routes) keep(routeItem(route, names));
  for (const rule of rules) keep(ruleItem(rule));
  for (const item of wanted.values())
    if (item.kind === 'sysctl') keep(sysctlItem(item.value, links));
  const limits = shapingsOf(wanted);
  const shapings = await readShapings(netlink, links, limits);
  for (const [link, found] of shapings) keep(shapingItem(link, limits.get(link), found));
  return { items, links, shapings };
}

/**
 * The item for a link that 127.0.0.0/8 may be routed over, if that is wanted. When it is not, somebody else has asked the
 * kernel for it: portmap, chained behind Poplin, does on the link of its pod.
 */
function loopbackRouteItem(link: Link, wanted: Items): Item | undefined {
  if (!link.ipv4Config?.routeLocalnet) return undefined;
  const item: Item = { kind: 'loopbackRoute', value: { link: link.name } };
  return wanted.has(keyOf(item)) ? item : undefined;
}

/**
 * The item for an address, if it is one of ours: marked with our number (IFA_PROTO, Linux 5.18), or wanted. Others are their
 * owners', also on a link of ours.
 */
function addressItem(
  { ifindex, ip, length, scope, protocol }: Address,
  known: {
    readonly links: ReadonlyMap<string, Link>;
    readonly names: ReadonlyMap<number, string>;
    readonly wanted: Items;
  },
): Item | undefined {
  const link = known.links.get(known.names.get(ifindex) ?? '');
  if (!link || !isOwnLink(link)) return undefined;
  if (scope !== 'global' && scope !== 'link' && scope !== 'host') return undefined;
  const item: Item = { kind: 'address', value: { link: link.name, ip, length, scope } };
  return protocol === poplinProtocol || known.wanted.has(keyOf(item)) ? item : undefined;
}

/** The item for a neighbour, if it is one of ours. */
export function neighbourItem(
  neighbour: Neighbour,
  names: ReadonlyMap<number, string>,
): Item | undefined {
  const link = names.get(neighbour.ifindex);
  if (neighbour.protocol !== poplinProtocol || !link || !neighbour.mac) return undefined;
  return { kind: 'neighbour', value: { link, ip: neighbour.ip, mac: neighbour.mac } };
}

/** The item for a sysctl that is wanted; `undefined` while the link that it is of is not there. */
function sysctlItem(
  sysctl: SysctlState,
  links: { readonly has: (name: string) => boolean },
): Item | undefined {
  const link = linkOfSysctl(sysctl);
  if (link !== undefined && !links.has(link)) return undefined;
  try {
    const { key } = sysctl;
    return { kind: 'sysctl', value: { key, value: readSysctl(key) } };
  } catch (error) {
    // Its link has gone since the links were listed.
    if (link !== undefined && error instanceof NetlinkError && error.code === 'ENOENT')
      return undefined;
    throw error;
  }
}
