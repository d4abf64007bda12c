/** Message types: the subsystem NFNL_SUBSYS_CTNETLINK, and IPCTNL_MSG_CT_* (linux/netfilter/nfnetlink_conntrack.h). */
export const CT = { NEW: 0x100, GET: 0x101, DELETE: 0x102 } as const;

/** Attributes of an entry (CTA_*). */
export const CTA = {
  TUPLE_ORIG: 1,
  TUPLE_REPLY: 2,
  STATUS: 3,
  PROTOINFO: 4,
  TIMEOUT: 7,
  MARK: 8,
  COUNTERS_ORIG: 9,
  COUNTERS_REPLY: 10,
  ID: 12,
  ZONE: 18,
  MARK_MASK: 21,
} as const;

/** Attributes of a tuple (CTA_TUPLE_*), of its addresses (CTA_IP_*) and of its protocol (CTA_PROTO_*). */
export const CTA_TUPLE = { IP: 1, PROTO: 2, ZONE: 3 } as const;
export const CTA_IP = { V4_SRC: 1, V4_DST: 2, V6_SRC: 3, V6_DST: 4 } as const;
export const CTA_PROTO = {
  NUM: 1,
  SRC_PORT: 2,
  DST_PORT: 3,
  ICMP_ID: 4,
  ICMP_TYPE: 5,
  ICMP_CODE: 6,
  ICMPV6_ID: 7,
  ICMPV6_TYPE: 8,
  ICMPV6_CODE: 9,
} as const;

/** Attributes of counters (CTA_COUNTERS_*), 64 bits in network order. */
export const CTA_COUNTERS = { PACKETS: 1, BYTES: 2 } as const;

/** Attributes inside CTA_PROTOINFO. */
export const CTA_PROTOINFO_TCP = 1;
export const CTA_PROTOINFO_TCP_STATE = 1;
