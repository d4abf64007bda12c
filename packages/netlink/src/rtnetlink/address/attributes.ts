import type { Family } from '@poplin/net';
import { type FlagNames, flagNamesOf } from '../flag-names.js';
import { namesOf } from '../names.js';
import type { AddressFlag, AddressScope } from './types.js';

/** Attributes of an address (IFA_*, linux/if_addr.h). */
export const IFA = {
  ADDRESS: 1,
  LOCAL: 2,
  LABEL: 3,
  BROADCAST: 4,
  CACHEINFO: 6,
  FLAGS: 8,
  RT_PRIORITY: 9,
  PROTO: 11,
} as const;

/** Flags of an address (IFA_F_*). */
export const IFA_F = {
  SECONDARY: 0x01,
  NODAD: 0x02,
  OPTIMISTIC: 0x04,
  DADFAILED: 0x08,
  HOMEADDRESS: 0x10,
  DEPRECATED: 0x20,
  TENTATIVE: 0x40,
  PERMANENT: 0x80,
  MANAGETEMPADDR: 0x100,
  NOPREFIXROUTE: 0x200,
  MCAUTOJOIN: 0x400,
  STABLE_PRIVACY: 0x800,
} as const;

const common = {
  nodad: IFA_F.NODAD,
  optimistic: IFA_F.OPTIMISTIC,
  dadfailed: IFA_F.DADFAILED,
  home: IFA_F.HOMEADDRESS,
  deprecated: IFA_F.DEPRECATED,
  tentative: IFA_F.TENTATIVE,
  permanent: IFA_F.PERMANENT,
  mngtmpaddr: IFA_F.MANAGETEMPADDR,
  noprefixroute: IFA_F.NOPREFIXROUTE,
  autojoin: IFA_F.MCAUTOJOIN,
  'stable-privacy': IFA_F.STABLE_PRIVACY,
} as const;

/** Names of the flags; the lowest bit has one name in each family. */
export const addressFlagNames: Readonly<Record<Family, FlagNames<AddressFlag>>> = {
  ipv4: flagNamesOf<Exclude<AddressFlag, 'temporary'>>({ secondary: IFA_F.SECONDARY, ...common }),
  ipv6: flagNamesOf<Exclude<AddressFlag, 'secondary'>>({ temporary: IFA_F.SECONDARY, ...common }),
};

/** Scopes of an address (RT_SCOPE_*, linux/rtnetlink.h). */
export const addressScopes = namesOf<AddressScope>({ global: 0, site: 200, link: 253, host: 254 });
