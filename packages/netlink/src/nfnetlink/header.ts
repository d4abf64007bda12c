/** Length of `struct nfgenmsg`: family, version, resource (linux/netfilter/nfnetlink.h). */
export const NFGENMSG_LENGTH = 4;

/** The part of netfilter that a message is for (NFNL_SUBSYS_*): the upper byte of its type. */
export const NFNL_SUBSYS = { CTNETLINK: 1, NFTABLES: 10 } as const;

/** What a header may say beside the family. */
export interface NfnetlinkHeader {
  /** 0 by default. */
  readonly version?: number;
  /** 16 bits; 0 by default. */
  readonly resource?: number;
}

/** The fixed header of a message of nfnetlink. @param family - NFPROTO_*. */
export function nfnetlinkHeader(
  family: number,
  { version = 0, resource = 0 }: NfnetlinkHeader = {},
): Uint8Array {
  return Uint8Array.of(family, version, resource >> 8, resource & 0xff);
}
