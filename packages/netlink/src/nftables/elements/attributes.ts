import { NFNL_SUBSYS } from '../../nfnetlink/header.js';

/** Message types about elements: the subsystem, and NFT_MSG_* (linux/netfilter/nf_tables.h). */
export const NFT_SETELEM = {
  NEW: (NFNL_SUBSYS.NFTABLES << 8) | 12,
  DELETE: (NFNL_SUBSYS.NFTABLES << 8) | 14,
} as const;

/** Attributes of a list of elements (NFTA_SET_ELEM_LIST_*), and of the list inside (NFTA_LIST_*). */
export const NFTA_SET_ELEM_LIST = { TABLE: 1, SET: 2, ELEMENTS: 3 } as const;
export const NFTA_LIST_ELEM = 1;

/** Attributes of an element (NFTA_SET_ELEM_*). KEY_END since Linux 5.6. */
export const NFTA_SET_ELEM = { KEY: 1, DATA: 2, KEY_END: 10 } as const;

/** A key or a value as it is (NFTA_DATA_VALUE). */
export const NFTA_DATA_VALUE = 1;

/** Numbers of families (NFPROTO_*, linux/netfilter.h). */
export const NFPROTO = { inet: 1, ip: 2, arp: 3, netdev: 5, bridge: 7, ip6: 10 } as const;
