import type { NftMemberName } from './family.js';

/** Where the kernel calls a chain (nft(8), ADDRESS FAMILIES). */
export type NftHook =
  | 'prerouting'
  | 'input'
  | 'forward'
  | 'output'
  | 'postrouting'
  | 'ingress'
  | 'egress';

/** A chain that is reached from other chains only. */
export interface NftRegularChain extends NftMemberName {
  /** libnftables 1.0.6 ignores it in JSON, without an error. */
  readonly comment?: string;
  readonly handle?: number;
  readonly type?: never;
  readonly hook?: never;
  readonly prio?: never;
  readonly dev?: never;
  readonly policy?: never;
}

/** A chain that the kernel calls for every packet at its hook. */
export interface NftBaseChain extends NftMemberName {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: NftHook;
  /** Order among the chains of a hook, lower first: {@link priorities}. */
  readonly prio: number;
  /** Link of an `ingress` or `egress` chain. libnftables 1.0.6 does not list it in JSON; newer ones take and list several. */
  readonly dev?: string | readonly string[];
  /** What becomes of packets that come to the end; `accept` by default. */
  readonly policy?: 'accept' | 'drop';
  /** libnftables 1.0.6 ignores it in JSON, without an error. */
  readonly comment?: string;
  readonly handle?: number;
}

/** A chain of rules. */
export type NftChain = NftRegularChain | NftBaseChain;

/** The priorities that `nft` has names for, in all families but `bridge` (NF_IP_PRI_*). In JSON they are numbers. */
export const priorities = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
} as const;
