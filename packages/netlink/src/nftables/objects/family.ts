import type { Family } from '@poplin/net';

/** Families of nftables (nft(8), ADDRESS FAMILIES). */
export type NftFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** Its word for a family of IP, which is also that of the header. */
export type NftIpFamily = 'ip' | 'ip6';

/** nftables' word for a family of IP. */
export function ipFamily(family: Family): NftIpFamily {
  return family === 'ipv4' ? 'ip' : 'ip6';
}

/** Names something by its table and its own name. */
export interface NftMemberName {
  readonly family: NftFamily;
  readonly table: string;
  readonly name: string;
}

/** Names something by its table and the number that the kernel gave it. */
export interface NftMemberHandle {
  readonly family: NftFamily;
  readonly table: string;
  readonly handle: number;
}
