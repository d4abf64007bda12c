import { families } from '@poplin/net';
import { type NftStatement, nft } from '@poplin/netlink';
import type { Element } from './element.js';
import { isolationRules, isolationSets } from './isolation.js';
import { loopbackGuardRules, loopbackSets } from './loopback-guard.js';
import { masqueradeRules, masqueradeSets } from './masquerade.js';
import { hairpinRules, portMappingRules, portMappingSets } from './port-mappings.js';
import type { SetDeclaration } from './set.js';
import { tunnelRules, tunnelSets } from './tunnels.js';

/** Chains that serve the same elements, and are there when there are any. */
export interface ChainGroup {
  /** The sets and maps that the rules read. */
  readonly reads: readonly SetDeclaration[];
  readonly chains: readonly ChainDeclaration[];
}

/** A chain with the place where packets come by. One without a place is jumped to. */
export type ChainDeclaration = NonNullable<
  Parameters<typeof nft.replaceTable>[0]['chains']
>[number];

/**
 * All chains of the table. Every packet pays for those of type `filter`, so a chain whose sets are empty is not there: on a node with
 * neither host ports nor isolated pods, a packet between pods of two nodes is asked about tunnels at most.
 * Same as
 *
 *     chain loopback_guard { type filter hook prerouting priority raw; … }
 *     chain tunnels_in     { type filter hook prerouting priority raw; … notrack }
 *     chain tunnels_out    { type filter hook output priority raw; … notrack }
 *     chain prerouting     { type nat hook prerouting priority dstnat; fib daddr type local jump host_ports }
 *     chain output         { type nat hook output priority dstnat; fib daddr type local jump host_ports }
 *     chain host_ports     { … dnat … }
 *     chain isolation      { type filter hook forward priority filter; … drop }
 *     chain postrouting    { type nat hook postrouting priority srcnat; … masquerade }
 *
 * None accepts what is forwarded: that would end a chain of ours alone, whose policy is to accept. What the chains of others drop
 * is dropped, see `foreign/`.
 */
export const chainGroups: readonly ChainGroup[] = [
  {
    reads: loopbackSets,
    chains: [
      {
        name: 'loopback_guard',
        ...hookAt('filter', 'prerouting', 'raw'),
        rules: loopbackGuardRules(),
      },
    ],
  },
  {
    reads: tunnelSets,
    chains: [
      {
        name: 'tunnels_in',
        ...hookAt('filter', 'prerouting', 'raw'),
        rules: tunnelRules('prerouting'),
      },
      { name: 'tunnels_out', ...hookAt('filter', 'output', 'raw'), rules: tunnelRules('output') },
    ],
  },
  {
    reads: families.flatMap(portMappingSets),
    chains: [
      { name: 'host_ports', rules: families.flatMap(portMappingRules) },
      { name: 'prerouting', ...hookAt('nat', 'prerouting', 'dstnat'), rules: [toHostPorts()] },
      { name: 'output', ...hookAt('nat', 'output', 'dstnat'), rules: [toHostPorts()] },
    ],
  },
  {
    reads: isolationSets,
    chains: [
      {
        name: 'isolation',
        ...hookAt('filter', 'forward', 'filter'),
        rules: isolationRules(),
      },
    ],
  },
  {
    reads: families.flatMap((family) => [...portMappingSets(family), ...masqueradeSets(family)]),
    chains: [
      {
        name: 'postrouting',
        ...hookAt('nat', 'postrouting', 'srcnat'),
        rules: families.flatMap((family) => [...hairpinRules(family), ...masqueradeRules(family)]),
      },
    ],
  },
];

/** Those that these elements need. */
export function chainGroupsFor(...elements: readonly Iterable<Element>[]): readonly ChainGroup[] {
  const filled = new Set<string>();
  for (const each of elements) for (const { set } of each) filled.add(set);
  return chainGroups.filter(({ reads }) => reads.some(({ name }) => filled.has(name)));
}

function hookAt<
  Type extends 'filter' | 'nat',
  Hook extends 'prerouting' | 'forward' | 'output' | 'postrouting',
>(type: Type, hook: Hook, priority: keyof typeof nft.priorities) {
  return { type, hook, prio: nft.priorities[priority], policy: 'accept' } as const;
}

/** Packets that are only forwarded go to the same port of somebody else. */
function toHostPorts(): readonly NftStatement[] {
  return [nft.match(nft.destinationType(), '==', 'local'), nft.jump('host_ports')];
}
