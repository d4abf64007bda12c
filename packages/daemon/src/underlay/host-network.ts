import { compareIps, type Ip } from '@poplin/net';
import type { Address, Link, Netlink } from '@poplin/netlink';

/** What choosing an underlay asks of the kernel. */
export interface NetworkReader {
  readonly link: Pick<Netlink['link'], 'list'>;
  readonly address: Pick<Netlink['address'], 'list'>;
  readonly route: Pick<Netlink['route'], 'list' | 'get'>;
}

/** Links and addresses of the host at one moment. */
export interface HostNetwork {
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
}

/** A link that is to be the underlay. */
export interface PickedLink {
  readonly link: Link;
  /** The address to prefer on it: the one that was asked for, or that the route sends from. */
  readonly preferred?: Ip;
  /** True when somebody named `preferred`; otherwise the kernel chose it, and may choose another of its kind next time. */
  readonly firm?: boolean;
}

/** IFF_LOOPBACK of linux/if.h. */
const loopbackFlag = 0x8;

/** What marks a link as Poplin's own. */
const ownAlias = 'poplin:';

/** Reads links and addresses. */
export async function readHostNetwork(reader: NetworkReader): Promise<HostNetwork> {
  const [links, addresses] = await Promise.all([reader.link.list(), reader.address.list()]);
  return { links, addresses };
}

/** Tells whether a link may be the underlay: neither a loopback nor one that Poplin made. */
export function isCandidate(link: Link): boolean {
  return (link.flags & loopbackFlag) === 0 && !(link.alias ?? '').startsWith(ownAlias);
}

/** Addresses of a link that other hosts can send to. */
export function reachableAddresses({ addresses }: HostNetwork, link: Link): Address[] {
  return addresses.filter((one) => one.ifindex === link.ifindex && isReachable(one));
}

/** Scope and state allow other hosts to send to it; IPv6 link-local has another scope. */
export function isReachable({ scope, dadFailed }: Address): boolean {
  return (scope === 'global' || scope === 'site') && !dadFailed;
}

/** All interfaces that may be the underlay, for a message: `eth0 (192.168.5.1/24), eth1 (down, no address)`. */
export function describeCandidates(network: HostNetwork): string {
  const candidates = network.links.filter(isCandidate);
  if (candidates.length === 0) return 'The host has no interface besides its loopback';
  const words = candidates.map((link) => `${link.name} (${describeLink(network, link)})`);
  return `Interfaces of this host: ${words.join(', ')}`;
}

function describeLink(network: HostNetwork, link: Link): string {
  const addresses = reachableAddresses(network, link)
    .sort((a, b) => compareIps(a.ip, b.ip))
    .map(({ ip, length }) => `${ip}/${length}`);
  const words = [
    ...(link.up ? [] : ['down']),
    ...(addresses.length > 0 ? addresses : ['no address']),
  ];
  return words.join(', ');
}
