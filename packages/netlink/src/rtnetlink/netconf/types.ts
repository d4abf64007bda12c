import type { Family } from '@poplin/net';

/** What settings are of: one link, all of them, or those to come (`net.ipv4.conf.all`, `net.ipv4.conf.default`). */
export type NetconfScope = number | 'all' | 'default';

/** Settings of IP that a link, or all of them, have; what the event does not tell is absent. */
export interface Netconf {
  readonly family: Family;
  /** Index of the link, or that it is none. */
  readonly scope: NetconfScope;
  /** Packets are passed on (NETCONFA_FORWARDING, `net.ipv4.conf.*.forwarding`). */
  readonly forwarding?: boolean;
  /** Reverse path filter: 0 none, 1 strict, 2 loose (NETCONFA_RP_FILTER, `net.ipv4.conf.*.rp_filter`); IPv4 alone. */
  readonly rpFilter?: number;
}
