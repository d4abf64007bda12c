import { NETLINK_NETFILTER, NETLINK_ROUTE } from '../ffi/constants.js';
import type { MonitorGroup } from './types.js';

/** Netlink family and multicast group of each (RTNLGRP_*, linux/rtnetlink.h; NFNLGRP_NFTABLES, linux/netfilter/nfnetlink.h). */
const groups: Readonly<
  Record<MonitorGroup, { readonly protocol: number; readonly group: number }>
> = {
  link: { protocol: NETLINK_ROUTE, group: 1 },
  neighbour: { protocol: NETLINK_ROUTE, group: 3 },
  'ipv4-address': { protocol: NETLINK_ROUTE, group: 5 },
  'ipv4-route': { protocol: NETLINK_ROUTE, group: 7 },
  'ipv4-rule': { protocol: NETLINK_ROUTE, group: 8 },
  'ipv6-address': { protocol: NETLINK_ROUTE, group: 9 },
  'ipv6-route': { protocol: NETLINK_ROUTE, group: 11 },
  'ipv6-rule': { protocol: NETLINK_ROUTE, group: 19 },
  'ipv4-netconf': { protocol: NETLINK_ROUTE, group: 24 },
  'ipv6-netconf': { protocol: NETLINK_ROUTE, group: 25 },
  nftables: { protocol: NETLINK_NETFILTER, group: 7 },
};

/** The multicast groups to join, by netlink family: each family is a socket of its own. */
export function groupsByProtocol(names: readonly MonitorGroup[]): Map<number, number[]> {
  const byProtocol = new Map<number, number[]>();
  for (const name of new Set(names)) {
    const { protocol, group } = groups[name];
    byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), group]);
  }
  return byProtocol;
}
