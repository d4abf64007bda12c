import { namesOf } from '../../names.js';
import type { FilterProtocol } from './types.js';

/** Attributes inside the options of matchall (TCA_MATCHALL_*) and u32 (TCA_U32_*), linux/pkt_cls.h. */
export const TCA_MATCHALL = { ACT: 2 } as const;
export const TCA_U32 = { SEL: 5, ACT: 7 } as const;

/** Numbers of Ethernet protocols (linux/if_ether.h). */
export const filterProtocols = namesOf<FilterProtocol>({
  all: 0x0003,
  ip: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
});
