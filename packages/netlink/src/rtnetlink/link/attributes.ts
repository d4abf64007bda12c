/** Attributes of a link (IFLA_*, linux/if_link.h). */
export const IFLA = {
  ADDRESS: 1,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  MASTER: 10,
  TXQLEN: 13,
  OPERSTATE: 16,
  LINKINFO: 18,
  IFALIAS: 20,
  GROUP: 27,
  NET_NS_FD: 28,
  EXT_MASK: 29,
  LINK_NETNSID: 37,
} as const;

/** Attributes inside IFLA_LINKINFO (IFLA_INFO_*). */
export const IFLA_INFO = { KIND: 1, DATA: 2, SLAVE_KIND: 4, SLAVE_DATA: 5 } as const;

/** Attribute inside IFLA_INFO_DATA of a veth: the peer, as a link of its own. */
export const VETH_INFO_PEER = 1;

/** Attributes inside IFLA_INFO_DATA of a bridge (IFLA_BR_*). */
export const IFLA_BR = {
  AGEING_TIME: 4,
  STP_STATE: 5,
  VLAN_FILTERING: 7,
  MCAST_SNOOPING: 23,
} as const;

/** Attributes inside IFLA_INFO_SLAVE_DATA of a bridge's port (IFLA_BRPORT_*). */
export const IFLA_BRPORT = { MODE: 4, LEARNING: 8, ISOLATED: 33 } as const;

/** Flags of a link (IFF_*, linux/if.h). */
export const IFF = { UP: 0x1, RUNNING: 0x40 } as const;

/** Bit of IFLA_EXT_MASK: leave out the statistics, half of a link's message. */
export const RTEXT_FILTER_SKIP_STATS = 1 << 3;
