import { describe, expect, it } from 'vitest';
import { dnatRules, snatRules } from '../../test-support/nft-nat-rules.js';
import {
  filterRules,
  forwardRules,
  type NftRuleCase,
  rejectRules,
} from '../../test-support/nft-rules.js';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../test-support/throwaway-namespaces.js';
import * as nft from './builder.js';
import { openNftables } from './nftables.js';
import type { NftObject, NftStatement, NftTableContent } from './types.js';

const chains = {
  side: [],
  pre: filterRules,
  in: rejectRules,
  forward: forwardRules,
  to: dnatRules,
  from: snatRules,
};

/** A table with all the rules, as our driver is given it. */
const shop: NftTableContent = {
  family: 'inet',
  name: 'shop',
  counters: [{ name: 'seen' }],
  sets: [{ name: 'clients', type: 'ipv4_addr', flags: ['timeout'], size: 100 }],
  maps: [{ name: 'services', type: 'inet_service', map: 'ipv4_addr' }],
  chains: [
    { name: 'side' },
    { name: 'pre', type: 'filter', hook: 'prerouting', prio: nft.priorities.raw },
    { name: 'in', type: 'filter', hook: 'input', prio: nft.priorities.filter, policy: 'drop' },
    { name: 'forward', type: 'filter', hook: 'forward', prio: nft.priorities.filter },
    { name: 'to', type: 'nat', hook: 'prerouting', prio: nft.priorities.dstnat },
    { name: 'from', type: 'nat', hook: 'postrouting', prio: nft.priorities.srcnat },
  ].map((chain) => ({
    ...(chain as NonNullable<NftTableContent['chains']>[number]),
    rules: chains[chain.name as keyof typeof chains].map(([, ...statements]) => statements),
  })),
};

/** The same, as `nft -f` is given it. */
const text = `table inet shop {
  counter seen { }
  set clients { type ipv4_addr; flags timeout; size 100; }
  map services { type inet_service : ipv4_addr; }
  chain side { }
  chain pre { type filter hook prerouting priority raw; policy accept; ${lines(filterRules)} }
  chain in { type filter hook input priority filter; policy drop; ${lines(rejectRules)} }
  chain forward { type filter hook forward priority filter; policy accept; ${lines(forwardRules)} }
  chain to { type nat hook prerouting priority dstnat; policy accept; ${lines(dnatRules)} }
  chain from { type nat hook postrouting priority srcnat; policy accept; ${lines(snatRules)} }
}`;

function lines(rules: readonly NftRuleCase[]): string {
  return rules.map(([line]) => `\n${line}\n`).join('');
}

/** The rules of a chain, as `nft list chain` writes them. */
function told(host: ThrowawayNamespace, chain: string): string[] {
  const lines = host.exec('nft', 'list', 'chain', 'inet', 'shop', chain).split('\n');
  return lines.slice(3, -3).map((line) => line.trim());
}

/** What `nft -j -a` lists, without the metainfo. */
function listed(host: ThrowawayNamespace, ...what: string[]): unknown[] {
  return JSON.parse(host.exec('nft', '-j', '-a', 'list', ...what)).nftables.slice(1);
}

const rules = (objects: readonly NftObject[] | undefined): unknown[] =>
  (objects ?? []).flatMap((object) => ('rule' in object ? [object.rule.expr] : []));

/** A counter is listed with what it has counted. */
const atFirst = (statement: NftStatement): NftStatement =>
  statement === nft.counter ? { counter: { packets: 0, bytes: 0 } } : statement;

describe('rules', () => {
  it('are read by nft as they were built, statement by statement', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    await nftables.run(nft.replaceTable(shop));
    for (const [chain, cases] of Object.entries(chains)) {
      if (chain === 'side') continue;
      expect(told(host, chain)).toEqual(cases.map(([line]) => line));
    }
    expect(await nftables.listRuleset()).toEqual(listed(host, 'ruleset'));
  });

  it('made by nft are read as they would be built', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    host.exec('sh', '-c', `echo '${text}' | nft -f -`);
    for (const [name, cases] of Object.entries(chains)) {
      const chain = await nftables.listChain({ family: 'inet', table: 'shop', name });
      expect(chain).toEqual(listed(host, 'chain', 'inet', 'shop', name));
      expect(rules(chain)).toEqual(cases.map(([, ...statements]) => statements.map(atFirst)));
    }
  });
});
