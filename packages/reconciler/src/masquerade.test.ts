import { kernelState, type MasqueradeState } from '@poplin/backend';
import { parseCidr } from '@poplin/net';
import { expect, it } from 'vitest';
import { itemsOf, keyOf } from './item.js';
import { masqueradeSetsOf } from './masquerade.js';
import { masqueradeRuleset } from './ruleset.js';

const setsOf = (...prefixes: [MasqueradeState['role'], string][]) => {
  const masquerade = prefixes.map(([role, cidr]) => ({ role, cidr: parseCidr(cidr) }));
  return masqueradeSetsOf(
    new Map(itemsOf(kernelState({ masquerade })).map((item) => [keyOf(item), item])),
  );
};

it('drops prefixes that lie inside others, as an interval set refuses overlaps', () => {
  const sets = setsOf(
    ['exempt', '10.0.0.7/32'],
    ['exempt', '10.0.0.0/8'],
    ['exempt', '192.168.0.1/32'],
    ['exempt', '10.255.0.0/16'],
  );
  expect(sets.ipv4.exempt).toEqual(['10.0.0.0/8', '192.168.0.1/32']);
});

it('asks for no table where nothing is to be masqueraded', () => {
  expect(masqueradeRuleset(setsOf(['exempt', '10.0.0.0/8']))).toEqual([]);
});

it('makes sets and one rule for each family that has a source', () => {
  const commands = masqueradeRuleset(
    setsOf(['source', '10.244.0.0/16'], ['source', 'fd00:10::/56']),
  );
  const kinds = commands.map((command) => Object.keys('add' in command ? command.add : {})[0]);
  expect(kinds).toEqual(['table', 'chain', 'set', 'set', 'rule', 'set', 'set', 'rule']);
});
