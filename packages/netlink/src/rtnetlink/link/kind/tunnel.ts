import type { Ip } from '@poplin/net';
import { type Fields, ifindex, ip, presence, u8, u32 } from '../fields.js';

/** What all tunnels of IP in IP have (IFLA_IPTUN_*). */
export interface TunnelOptions {
  /** Own address in the outer packets (IFLA_IPTUN_LOCAL). */
  readonly local?: Ip;
  /** The other end (IFLA_IPTUN_REMOTE); left out, routes and neighbours tell where a packet goes. */
  readonly remote?: Ip;
  /** Index of the link that the outer packets take (IFLA_IPTUN_LINK); `dev` of `ip`. The routes choose by default. */
  readonly linkIfindex?: number;
  /** TTL or hop limit of the outer packets, 0 for that of the inner one (IFLA_IPTUN_TTL). */
  readonly ttl?: number;
  /** Mark by which the outer packets are routed (IFLA_IPTUN_FWMARK); 0 by default. */
  readonly fwmark?: number;
  /** Whoever gives the packet gives the way as well: eBPF, a route's encap (IFLA_IPTUN_COLLECT_METADATA). */
  readonly external?: boolean;
}

/** Attributes that differ in meaning from kind to kind (linux/if_tunnel.h). */
export const IFLA_IPTUN = { TOS: 5, ENCAP_LIMIT: 6, FLOWINFO: 7, FLAGS: 8, PROTO: 9, PMTUDISC: 10 };

/** Those that do not. */
export const tunnelFields: Fields<TunnelOptions> = {
  linkIfindex: ifindex(1),
  local: ip(2),
  remote: ip(3),
  ttl: u8(4),
  external: presence(19),
  fwmark: u32(20),
};
