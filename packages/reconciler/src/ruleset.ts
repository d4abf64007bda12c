import {
  bitsOf,
  type Cidr,
  cidrLength,
  type Family,
  families,
  familyOf,
  firstIp,
} from '@poplin/net';
import type { NftCommand } from '@poplin/netlink';
import type { MasqueradeSets } from './masquerade.js';
import { poplinTable } from './ownership.js';

/**
 * The whole table `inet poplin`. Same as
 *
 *     table inet poplin {
 *       set source_ipv4 { type ipv4_addr; flags interval; elements = { 10.244.0.0/16 } }
 *       set exempt_ipv4 { type ipv4_addr; flags interval; elements = { 192.168.77.11, 224.0.0.0/4 } }
 *       chain postrouting {
 *         type nat hook postrouting priority srcnat; policy accept;
 *         ip saddr @source_ipv4 ip daddr != @source_ipv4 ip daddr != @exempt_ipv4 masquerade
 *       }
 *     }
 *
 * and so for IPv6. No commands at all where nothing is to be masqueraded.
 */
export function masqueradeRuleset(sets: MasqueradeSets): NftCommand[] {
  const used = families.filter((family) => sets[family].source.length > 0);
  if (used.length === 0) return [];
  return [
    { add: { table: poplinTable } },
    { add: { chain: postrouting } },
    ...used.flatMap((family) => [
      addSet(family, 'source', sets[family].source),
      addSet(family, 'exempt', [...sets[family].exempt, multicast[family]]),
      addRule(family),
    ]),
  ];
}

const inTable = { family: poplinTable.family, table: poplinTable.name } as const;

/** NF_IP_PRI_NAT_SRC: after routing, where source addresses are translated. */
const postrouting = {
  ...inTable,
  name: 'postrouting',
  type: 'nat',
  hook: 'postrouting',
  prio: 100,
  policy: 'accept',
} as const;

/** A multicast packet keeps its source: receivers answer to it. */
const multicast: Readonly<Record<Family, Cidr>> = {
  ipv4: '224.0.0.0/4' as Cidr,
  ipv6: 'ff00::/8' as Cidr,
};

function addSet(family: Family, role: string, cidrs: readonly Cidr[]): NftCommand {
  return {
    add: {
      set: {
        ...inTable,
        name: `${role}_${family}`,
        type: family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr',
        flags: ['interval'],
        elem: cidrs.map(element),
      },
    },
  };
}

function element(cidr: Cidr) {
  const addr = firstIp(cidr);
  const len = cidrLength(cidr);
  return len === bitsOf(familyOf(cidr)) ? addr : { prefix: { addr, len } };
}

function addRule(family: Family): NftCommand {
  const field = (name: 'saddr' | 'daddr') => ({
    payload: { protocol: family === 'ipv4' ? ('ip' as const) : ('ip6' as const), field: name },
  });
  return {
    add: {
      rule: {
        ...inTable,
        chain: postrouting.name,
        expr: [
          { match: { op: '==', left: field('saddr'), right: `@source_${family}` } },
          { match: { op: '!=', left: field('daddr'), right: `@source_${family}` } },
          { match: { op: '!=', left: field('daddr'), right: `@exempt_${family}` } },
          { masquerade: null },
        ],
      },
    },
  };
}
