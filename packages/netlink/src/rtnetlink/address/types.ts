import type { Family, Ip } from '@poplin/net';

/** How far an address is good for (RT_SCOPE_*). `link` keeps it from being a source towards other hosts. */
export type AddressScope = 'global' | 'site' | 'link' | 'host';

/** Seconds that are left, or `forever`. */
export type Lifetime = number | 'forever';

/** Flags of an address (IFA_F_*), in the words of `ip address`; the kernel has one bit for `secondary` and `temporary`. */
export type AddressFlag =
  | 'secondary'
  | 'temporary'
  | 'nodad'
  | 'optimistic'
  | 'dadfailed'
  | 'home'
  | 'deprecated'
  | 'tentative'
  | 'permanent'
  | 'mngtmpaddr'
  | 'noprefixroute'
  | 'autojoin'
  | 'stable-privacy';

/** Which address is meant. */
export interface AddressSelector {
  readonly ifindex: number;
  /** The address of this end. */
  readonly ip: Ip;
  /** Prefix length in bits, of the peer's address where there is one. */
  readonly length: number;
  /** Address of the other end of a point-to-point link (IFA_ADDRESS). */
  readonly peer?: Ip;
  /** IPv4 label (IFA_LABEL): the link's name, or that with a colon and more, 15 bytes at most. */
  readonly label?: string;
}

/** An address to be put on a link. Same as `ip address add IP/LENGTH dev LINK`. */
export interface AddressSpec extends AddressSelector {
  /** Broadcast address (IFA_BROADCAST), IPv4 only; none by default. */
  readonly broadcast?: Ip;
  /** Default: `global`. IPv6 takes the scope from the address and ignores this. */
  readonly scope?: AddressScope;
  /** How long the address stays (`valid_lft`); `forever` by default. At least 1. */
  readonly valid?: Lifetime;
  /** How long it is used for new connections (`preferred_lft`), not longer than it is valid; as long by default. */
  readonly preferred?: Lifetime;
  /** Metric of the route for the prefix (IFA_RT_PRIORITY). */
  readonly metric?: number;
  /** Who makes it (IFA_PROTO, Linux 5.18), as for a route; older kernels leave it out. */
  readonly protocol?: number;
  /** Use the address at once, without looking for duplicates (IFA_F_NODAD); IPv6 only. */
  readonly noDad?: boolean;
  /** Use it while looking for duplicates (IFA_F_OPTIMISTIC); IPv6 only, where the kernel has optimistic DAD. */
  readonly optimistic?: boolean;
  /** Make no route for the prefix (IFA_F_NOPREFIXROUTE). */
  readonly noPrefixRoute?: boolean;
  /** It is the home address of mobile IPv6 (IFA_F_HOMEADDRESS); IPv6 only. */
  readonly home?: boolean;
  /** Make temporary addresses from it (IFA_F_MANAGETEMPADDR); IPv6 only, length 64. */
  readonly manageTempAddresses?: boolean;
  /** Join the multicast group that it is (IFA_F_MCAUTOJOIN). */
  readonly autoJoin?: boolean;
}

/** An address as the kernel tells it. */
export interface Address {
  readonly family: Family;
  readonly ifindex: number;
  /** The address of this end (IFA_LOCAL; IFA_ADDRESS where that is missing). */
  readonly ip: Ip;
  /** Prefix length in bits. */
  readonly length: number;
  /** Address of the other end of a point-to-point link, where it differs from `ip`. */
  readonly peer?: Ip;
  readonly broadcast?: Ip;
  readonly scope: AddressScope;
  readonly noDad: boolean;
  readonly noPrefixRoute: boolean;
  /** Still being checked for duplicates, so not usable as a source (IFA_F_TENTATIVE). */
  readonly tentative: boolean;
  /** Found in use by another host (IFA_F_DADFAILED). */
  readonly dadFailed: boolean;
  /** Has no lifetime (IFA_F_PERMANENT). */
  readonly permanent: boolean;
  /** IFA_F_* as the kernel gives them (linux/if_addr.h). */
  readonly flags: number;
  /** The same by name. */
  readonly flagNames: readonly AddressFlag[];
  /** How long the address stays. */
  readonly valid: Lifetime;
  /** How long it is used for new connections; 0 when it no longer is. */
  readonly preferred: Lifetime;
  /** IPv4 label, usually the link's name. */
  readonly label?: string;
  /** Metric of the route for the prefix; absent when nobody said. */
  readonly metric?: number;
  /** Who made it; absent when nobody said. The kernel's own in IPv6: 1 `::1`, 2 from a router, 3 link-local. */
  readonly protocol?: number;
}

/** Which addresses to list; all when empty. The kernel filters by link and family, this package by scope. */
export interface AddressFilter {
  readonly ifindex?: number;
  readonly family?: Family;
  readonly scope?: AddressScope;
}
