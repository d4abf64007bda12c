import type { Ip } from '@poplin/net';
import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import { invalidArgument } from '../../../error.js';
import { namesOf } from '../../names.js';
import {
  be16,
  be32,
  type Fields,
  flag,
  ifindex,
  presence,
  readFields,
  u8,
  u32,
  word,
  writeFields,
} from '../fields.js';
import { ipOfEither } from './ip-of-either.js';
import { type PortRange, portRange } from './port-range.js';

/** Ethernet in UDP (RFC 7348). It needs {@link VxlanOptions} `vni`, or `external`. */
export interface VxlanKind extends VxlanOptions {
  readonly kind: 'vxlan';
}

/** Options of a vxlan (IFLA_VXLAN_*). Same as those of `ip link add … type vxlan`. */
export interface VxlanOptions {
  /** Network identifier, 24 bits (IFLA_VXLAN_ID); `id` of `ip`. Cannot be changed. */
  readonly vni?: number;
  /** Own address in the outer packets (IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6). */
  readonly local?: Ip;
  /**
   * Where frames to unknown addresses go: a peer, or a multicast group (IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6); `remote` and
   * `group` of `ip`. A group needs `linkIfindex`.
   */
  readonly remote?: Ip;
  /** Index of the link that the outer packets take (IFLA_VXLAN_LINK); `dev` of `ip`. The routes choose by default. */
  readonly linkIfindex?: number;
  /** UDP port (IFLA_VXLAN_PORT). The kernel's default is 8472; RFC 7348 has 4789. Cannot be changed. */
  readonly port?: number;
  /** UDP source ports, chosen by a hash of the inner packet (IFLA_VXLAN_PORT_RANGE); `srcport` of `ip`. */
  readonly portRange?: PortRange;
  /** TTL of the outer packets (IFLA_VXLAN_TTL); 0, the default, takes that of the route. */
  readonly ttl?: number;
  /** Take the TTL of the inner packet (IFLA_VXLAN_TTL_INHERIT); `ttl inherit` of `ip`. */
  readonly ttlInherit?: boolean;
  /** TOS of the outer packets, 1 for that of the inner one (IFLA_VXLAN_TOS); 0 by default. */
  readonly tos?: number;
  /** Whether outer IPv4 packets may be fragmented (IFLA_VXLAN_DF); `unset` by default. */
  readonly df?: 'unset' | 'set' | 'inherit';
  /** IPv6 flow label, 20 bits (IFLA_VXLAN_LABEL). */
  readonly flowLabel?: number;
  /** Learn from what arrives which peer an address is behind (IFLA_VXLAN_LEARNING); on by default. */
  readonly learning?: boolean;
  /** Seconds after which it is forgotten (IFLA_VXLAN_AGEING); 300 by default. */
  readonly ageing?: number;
  /** Most addresses that it knows, 0 for no limit (IFLA_VXLAN_LIMIT); 0 by default. */
  readonly limit?: number;
  /** Answer ARP and neighbour discovery from its own tables (IFLA_VXLAN_PROXY); off by default. */
  readonly proxy?: boolean;
  /** Route short-circuit: send straight to the peer that the inner address is behind (IFLA_VXLAN_RSC); off by default. */
  readonly rsc?: boolean;
  /** Announce frames to unknown Ethernet addresses (IFLA_VXLAN_L2MISS); off by default. */
  readonly l2miss?: boolean;
  /** Announce packets to unknown IP addresses (IFLA_VXLAN_L3MISS); off by default. */
  readonly l3miss?: boolean;
  /** UDP checksums over IPv4 (IFLA_VXLAN_UDP_CSUM); on by default. */
  readonly udpCsum?: boolean;
  /** Send no UDP checksums over IPv6 (IFLA_VXLAN_UDP_ZERO_CSUM6_TX); off by default. */
  readonly udpZeroCsum6Tx?: boolean;
  /** Take packets without UDP checksums over IPv6 (IFLA_VXLAN_UDP_ZERO_CSUM6_RX); off by default. */
  readonly udpZeroCsum6Rx?: boolean;
  /** Remote checksum offload for what is sent (IFLA_VXLAN_REMCSUM_TX); off by default. */
  readonly remcsumTx?: boolean;
  /** The same for what arrives (IFLA_VXLAN_REMCSUM_RX); off by default. */
  readonly remcsumRx?: boolean;
  /** Whoever gives the packet gives the way as well: eBPF, a route's encap (IFLA_VXLAN_COLLECT_METADATA). */
  readonly external?: boolean;
  /** With `external`: take only the identifiers of a list (IFLA_VXLAN_VNIFILTER, Linux 5.18). */
  readonly vniFilter?: boolean;
  /** Group policy in the header (IFLA_VXLAN_GBP, draft-smith-vxlan-group-policy). Cannot be taken back. */
  readonly gbp?: boolean;
  /** Other protocols than Ethernet inside (IFLA_VXLAN_GPE, draft-ietf-nvo3-vxlan-gpe). Cannot be taken back. */
  readonly gpe?: boolean;
  /** Hand packets to a local vxlan directly (IFLA_VXLAN_LOCALBYPASS, Linux 6.5); on by default. */
  readonly localBypass?: boolean;
}

/** A vxlan as the kernel tells it. */
export type VxlanData = VxlanKind;

/** VXLAN_DF_* (linux/if_link.h). */
const dfNames = namesOf({ unset: 0, set: 1, inherit: 2 });

/** IFLA_VXLAN_* (linux/if_link.h). */
const fields: Fields<VxlanOptions> = {
  vni: u32(1, 0xff_ffff),
  remote: ipOfEither(2, 16),
  linkIfindex: ifindex(3),
  local: ipOfEither(4, 17),
  ttl: u8(5),
  tos: u8(6),
  learning: flag(u8(7)),
  ageing: u32(8),
  limit: u32(9),
  portRange: portRange(10),
  proxy: flag(u8(11)),
  rsc: flag(u8(12)),
  l2miss: flag(u8(13)),
  l3miss: flag(u8(14)),
  port: be16(15),
  udpCsum: flag(u8(18)),
  udpZeroCsum6Tx: flag(u8(19)),
  udpZeroCsum6Rx: flag(u8(20)),
  remcsumTx: flag(u8(21)),
  remcsumRx: flag(u8(22)),
  gbp: presence(23),
  external: flag(u8(25)),
  flowLabel: be32(26, 0xf_ffff),
  gpe: presence(27),
  ttlInherit: presence(28),
  df: word(u8(29), dfNames),
  vniFilter: flag(u8(30)),
  localBypass: flag(u8(31)),
};

/** Writes IFLA_INFO_DATA of a vxlan. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeVxlan(operation: string, data: AttributeWriter, options: VxlanOptions): void {
  writeFields(operation, data, fields, options);
}

/** Refuses a new vxlan of which nobody knows the network. @throws {NetlinkError} INVALID_ARGUMENT. */
export function checkNewVxlan(operation: string, { vni, external }: VxlanOptions): void {
  if (vni === undefined && !external) throw invalidArgument(operation, 'a vxlan needs a vni');
}

/** Reads IFLA_INFO_DATA of a vxlan. @throws {NetlinkError} DECODE. */
export function readVxlan(data: Attributes): VxlanData {
  return { kind: 'vxlan', ...readFields(data, fields) };
}
