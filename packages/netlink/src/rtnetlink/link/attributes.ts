import type { NetnsAttributes } from '../target-netns.js';

/** Attributes of a link (IFLA_*, linux/if_link.h). */
export const IFLA = {
  ADDRESS: 1,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  QDISC: 6,
  MASTER: 10,
  PROTINFO: 12,
  TXQLEN: 13,
  OPERSTATE: 16,
  LINKINFO: 18,
  NET_NS_PID: 19,
  IFALIAS: 20,
  AF_SPEC: 26,
  GROUP: 27,
  NET_NS_FD: 28,
  EXT_MASK: 29,
  PROMISCUITY: 30,
  NUM_TX_QUEUES: 31,
  NUM_RX_QUEUES: 32,
  CARRIER: 33,
  LINK_NETNSID: 37,
  GSO_MAX_SEGS: 40,
  GSO_MAX_SIZE: 41,
  EVENT: 44,
  TARGET_NETNSID: 46,
  MIN_MTU: 50,
  MAX_MTU: 51,
  PROP_LIST: 52,
  ALT_IFNAME: 53,
  PERM_ADDRESS: 54,
  GRO_MAX_SIZE: 58,
  ALLMULTI: 61,
} as const;

/** Attributes that name the namespace to put a link into. */
export const linkNetnsAttributes: NetnsAttributes = {
  fd: IFLA.NET_NS_FD,
  pid: IFLA.NET_NS_PID,
  netnsId: IFLA.TARGET_NETNSID,
};

/** Attributes inside IFLA_LINKINFO (IFLA_INFO_*). */
export const IFLA_INFO = { KIND: 1, DATA: 2, SLAVE_KIND: 4, SLAVE_DATA: 5 } as const;

/** Bit of IFLA_EXT_MASK: leave out the statistics, half of a link's message. */
export const RTEXT_FILTER_SKIP_STATS = 1 << 3;
