import { families } from '@poplin/net';
import { type NftCommand, type NftStatement, nft } from '@poplin/netlink';
import { poplinTable } from '../ownership.js';
import { type Elements, elementLists } from './element.js';
import { forwardRules, forwardSet } from './forwards.js';
import { isolationRules, isolationSets } from './isolation.js';
import { loopbackGuardRules } from './loopback-guard.js';
import { masqueradeRules, masqueradeSets } from './masquerade.js';
import { hairpinRules, portMappingRules, portMappingSets } from './port-mappings.js';
import type { SetDeclaration } from './set.js';
import { tunnelRules, tunnelSets } from './tunnels.js';

/** All sets and maps of the table. */
export const tableSets: readonly SetDeclaration[] = [
  ...families.flatMap((family) => [
    ...masqueradeSets(family),
    ...portMappingSets(family),
    forwardSet(family),
  ]),
  ...isolationSets,
  ...tunnelSets,
];

/**
 * The commands that make the table `inet poplin` whole, whatever it was. Its chains and sets are always the same, so that
 * every later change is one of elements alone; empty sets cost a packet next to nothing, and the NAT chains see only the
 * first of a connection.
 *
 *     chain loopback_guard { type filter hook prerouting priority raw; … }
 *     chain tunnels_in     { type filter hook prerouting priority raw; … notrack }
 *     chain tunnels_out    { type filter hook output priority raw; … notrack }
 *     chain prerouting     { type nat hook prerouting priority dstnat; fib daddr type local jump host_ports }
 *     chain output         { type nat hook output priority dstnat; fib daddr type local jump host_ports }
 *     chain host_ports     { … dnat … }
 *     chain forward        { type filter hook forward priority filter; … accept }
 *     chain isolation      { type filter hook forward priority filter; … }
 *     chain postrouting    { type nat hook postrouting priority srcnat; … masquerade }
 */
export function tableCommands(elements: Elements): NftCommand[] {
  const lists = elementLists(elements.values());
  const declared = tableSets.map(({ type, ...set }) => ({
    ...set,
    // A list of one type would be a concatenation of one, another kind of set.
    type: type.length === 1 ? String(type[0]) : type,
    elem: lists.get(set.name) ?? [],
  }));
  return nft.replaceTable({
    ...poplinTable,
    sets: declared.filter(({ map }) => map === undefined) as NftSets,
    maps: declared.filter(({ map }) => map !== undefined) as NftMaps,
    chains: [
      { name: 'host_ports', rules: families.flatMap(portMappingRules) },
      {
        name: 'loopback_guard',
        ...hookAt('filter', 'prerouting', 'raw'),
        rules: loopbackGuardRules(),
      },
      {
        name: 'tunnels_in',
        ...hookAt('filter', 'prerouting', 'raw'),
        rules: tunnelRules('prerouting'),
      },
      {
        name: 'tunnels_out',
        ...hookAt('filter', 'output', 'raw'),
        rules: tunnelRules('output'),
      },
      { name: 'prerouting', ...hookAt('nat', 'prerouting', 'dstnat'), rules: [toHostPorts] },
      { name: 'output', ...hookAt('nat', 'output', 'dstnat'), rules: [toHostPorts] },
      {
        name: 'forward',
        ...hookAt('filter', 'forward', 'filter'),
        rules: families.flatMap(forwardRules),
      },
      { name: 'isolation', ...hookAt('filter', 'forward', 'filter'), rules: isolationRules() },
      {
        name: 'postrouting',
        ...hookAt('nat', 'postrouting', 'srcnat'),
        rules: families.flatMap((family) => [...hairpinRules(family), ...masqueradeRules(family)]),
      },
    ],
  });
}

type NftContent = Parameters<typeof nft.replaceTable>[0];
type NftSets = NonNullable<NftContent['sets']>;
type NftMaps = NonNullable<NftContent['maps']>;

function hookAt<
  Type extends 'filter' | 'nat',
  Hook extends 'prerouting' | 'forward' | 'output' | 'postrouting',
>(type: Type, hook: Hook, priority: keyof typeof nft.priorities) {
  return { type, hook, prio: nft.priorities[priority], policy: 'accept' } as const;
}

/** Packets that are only forwarded go to the same port of somebody else. */
const toHostPorts: readonly NftStatement[] = [
  nft.match(nft.destinationType(), '==', 'local'),
  nft.jump('host_ports'),
];
