import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError, invalidArgument } from '../../error.js';
import { checkNumber } from '../encode-request.js';
import { namesOf } from '../names.js';

/** How a packet's source address is checked against the routes (RFC 3704). */
export type ReversePathFilter = 'off' | 'strict' | 'loose';

/**
 * What a link does with IPv4, the same values as in `/proc/sys/net/ipv4/conf/NAME/` (IPV4_DEVCONF_*, linux/ip.h; see
 * ip-sysctl.rst of the kernel). For several of them the kernel also looks at those of `all`.
 */
export interface Ipv4Config {
  /** Route packets that arrive here (`forwarding`). Unlike the sysctl, this leaves LRO and cached routes as they are. */
  readonly forwarding?: boolean;
  /** A multicast routing daemon works here (`mc_forwarding`). */
  readonly mcForwarding?: boolean;
  /** Answer ARP for addresses that are reached over other links (`proxy_arp`). */
  readonly proxyArp?: boolean;
  /** Believe ICMP redirects (`accept_redirects`). */
  readonly acceptRedirects?: boolean;
  /** Believe only those that name a known gateway (`secure_redirects`). */
  readonly secureRedirects?: boolean;
  /** Send ICMP redirects (`send_redirects`). */
  readonly sendRedirects?: boolean;
  /** Networks share the medium, so redirects may name hosts of another one (`shared_media`). */
  readonly sharedMedia?: boolean;
  /** Take packets with the source route option (`accept_source_route`). */
  readonly acceptSourceRoute?: boolean;
  /** Take packets from 0.b.c.d for a BOOTP relay (`bootp_relay`). */
  readonly bootpRelay?: boolean;
  /** Log packets with impossible addresses (`log_martians`). */
  readonly logMartians?: boolean;
  /** Answer ARP only where the route back leads here (`arp_filter`). */
  readonly arpFilter?: boolean;
  /** No IPsec encryption here (`disable_xfrm`). */
  readonly disableXfrm?: boolean;
  /** No IPsec policy here (`disable_policy`). */
  readonly disablePolicy?: boolean;
  /** A secondary address takes the place of a deleted primary one (`promote_secondaries`). */
  readonly promoteSecondaries?: boolean;
  /** Announce addresses by gratuitous ARP when the link comes up or its MAC changes (`arp_notify`). */
  readonly arpNotify?: boolean;
  /** Take packets from the host's own addresses (`accept_local`). */
  readonly acceptLocal?: boolean;
  /** Count the mark in when the source address is checked (`src_valid_mark`). */
  readonly srcValidMark?: boolean;
  /** Answer ARP also back to the link that the address is reached over (`proxy_arp_pvlan`, RFC 3069). */
  readonly proxyArpPvlan?: boolean;
  /** 127.0.0.0/8 may be routed here (`route_localnet`). */
  readonly routeLocalnet?: boolean;
  /** Pass by routes over this link while it has no carrier (`ignore_routes_with_linkdown`). */
  readonly ignoreRoutesWithLinkdown?: boolean;
  /** Drop IP unicast in an Ethernet multicast frame (`drop_unicast_in_l2_multicast`). */
  readonly dropUnicastInL2Multicast?: boolean;
  /** Drop gratuitous ARP (`drop_gratuitous_arp`). */
  readonly dropGratuitousArp?: boolean;
  /** Route packets to the broadcast address of a network here (`bc_forwarding`). */
  readonly bcForwarding?: boolean;
  /** Forget neighbours when the carrier is lost (`arp_evict_nocarrier`, Linux 5.16). */
  readonly arpEvictNocarrier?: boolean;
  /** Check of the source address; the stricter of this and that of `all` counts (`rp_filter`). */
  readonly rpFilter?: ReversePathFilter;
  /** Which own address an ARP request names, 0 to 2 (`arp_announce`). */
  readonly arpAnnounce?: number;
  /** Which ARP requests are answered, 0 to 3 or 8 (`arp_ignore`). */
  readonly arpIgnore?: number;
  /** Whether gratuitous ARP makes new neighbours, 0 to 2 (`arp_accept`). */
  readonly arpAccept?: number;
  /** Links of the same medium, for proxy ARP between them; -1 for none (`medium_id`). */
  readonly mediumId?: number;
  /** Version of IGMP to speak, 0 for any (`force_igmp_version`). */
  readonly forceIgmpVersion?: number;
  /** Free for anyone's use (`tag`). */
  readonly tag?: number;
  /** Time between unsolicited IGMPv1 or v2 reports, ms (`igmpv2_unsolicited_report_interval`). */
  readonly igmpv2UnsolicitedReportInterval?: number;
  /** Time between unsolicited IGMPv3 reports, ms (`igmpv3_unsolicited_report_interval`). */
  readonly igmpv3UnsolicitedReportInterval?: number;
}

/** Yes or no, by their number (IPV4_DEVCONF_*). */
const switches = {
  forwarding: 1,
  mcForwarding: 2,
  proxyArp: 3,
  acceptRedirects: 4,
  secureRedirects: 5,
  sendRedirects: 6,
  sharedMedia: 7,
  acceptSourceRoute: 9,
  bootpRelay: 10,
  logMartians: 11,
  arpFilter: 13,
  disableXfrm: 15,
  disablePolicy: 16,
  promoteSecondaries: 20,
  arpNotify: 22,
  acceptLocal: 23,
  srcValidMark: 24,
  proxyArpPvlan: 25,
  routeLocalnet: 26,
  ignoreRoutesWithLinkdown: 29,
  dropUnicastInL2Multicast: 30,
  dropGratuitousArp: 31,
  bcForwarding: 32,
  arpEvictNocarrier: 33,
} as const;

/** Plain numbers. */
const numbers = {
  tag: 12,
  mediumId: 14,
  forceIgmpVersion: 17,
  arpAnnounce: 18,
  arpIgnore: 19,
  arpAccept: 21,
  igmpv2UnsolicitedReportInterval: 27,
  igmpv3UnsolicitedReportInterval: 28,
} as const;

const RP_FILTER = 8;
const rpFilters = namesOf<ReversePathFilter>({ off: 0, strict: 1, loose: 2 });

const switchNames = Object.keys(switches) as (keyof typeof switches)[];
const numberNames = Object.keys(numbers) as (keyof typeof numbers)[];

/** Writes what is given, an attribute each: IFLA_INET_CONF of a request. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeIpv4Config(
  operation: string,
  conf: AttributeWriter,
  config: Ipv4Config,
): void {
  for (const name of switchNames) {
    const value = config[name];
    if (value !== undefined) conf.u32(switches[name], value ? 1 : 0);
  }
  for (const name of numberNames) {
    const value = config[name];
    if (value === undefined) continue;
    conf.i32(numbers[name], checkNumber(operation, name, value, -1, 0x7fff_ffff));
  }
  const { rpFilter } = config;
  if (rpFilter === undefined) return;
  const value: number | undefined = rpFilters.numberOf(rpFilter);
  if (value === undefined) {
    throw invalidArgument(operation, `rpFilter cannot be "${rpFilter}"`);
  }
  conf.u32(RP_FILTER, value);
}

/** Reads all that the kernel has, an array of numbers: IFLA_INET_CONF of an answer. @throws {NetlinkError} DECODE. */
export function readIpv4Config(conf: Uint8Array): Ipv4Config {
  if (conf.length % 4 !== 0)
    throw decodeError('link', `IPv4 configuration of ${conf.length} bytes`);
  const view = viewOf(conf);
  const value = (index: number): number | undefined =>
    4 * index <= conf.length ? view.getInt32(4 * (index - 1), littleEndian) : undefined;
  const config: Record<string, boolean | number | string> = {};
  for (const name of switchNames) {
    const one = value(switches[name]);
    if (one !== undefined) config[name] = one !== 0;
  }
  for (const name of numberNames) {
    const one = value(numbers[name]);
    if (one !== undefined) config[name] = one;
  }
  const rpFilter = rpFilters.nameOf(value(RP_FILTER));
  if (rpFilter !== undefined) config.rpFilter = rpFilter;
  return config;
}
