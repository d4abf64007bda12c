import { namesOf } from '../names.js';
import type { AddressScope } from './types.js';

/** Attributes of an address (IFA_*, linux/if_addr.h). */
export const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, FLAGS: 8 } as const;

/** Flags of an address (IFA_F_*). */
export const IFA_F = {
  NODAD: 0x02,
  DADFAILED: 0x08,
  TENTATIVE: 0x40,
  PERMANENT: 0x80,
  NOPREFIXROUTE: 0x200,
} as const;

/** Scopes of an address (RT_SCOPE_*, linux/rtnetlink.h). */
export const addressScopes = namesOf<AddressScope>({ global: 0, site: 200, link: 253, host: 254 });
