import type { Family, Ip } from '@poplin/net';

/** How far an address is good for (RT_SCOPE_*). `link` keeps it from being a source towards other hosts. */
export type AddressScope = 'global' | 'site' | 'link' | 'host';

/** An address to be put on a link. Same as `ip address add IP/LENGTH dev LINK`. */
export interface AddressSpec {
  readonly ifindex: number;
  readonly ip: Ip;
  /** Prefix length in bits. */
  readonly length: number;
  /** Default: `global`. IPv6 takes the scope from the address and ignores this. */
  readonly scope?: AddressScope;
  /** Use the address at once, without looking for duplicates (IFA_F_NODAD); IPv6 only. */
  readonly noDad?: boolean;
  /** Make no route for the prefix (IFA_F_NOPREFIXROUTE). */
  readonly noPrefixRoute?: boolean;
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
  /** IPv4 label, usually the link's name. */
  readonly label?: string;
}

/** Which addresses to list; all when empty. */
export interface AddressFilter {
  readonly ifindex?: number;
  readonly family?: Family;
}
