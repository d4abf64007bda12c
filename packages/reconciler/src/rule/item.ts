import type { RuleState } from '@poplin/backend';
import type { Rule } from '@poplin/netlink';
import type { Item } from '../item.js';
import { poplinProtocol } from '../ownership.js';

/** The item for a rule, if it is one of ours: with our number, and nothing in it that no {@link RuleState} can say. */
export function ruleItem(rule: Rule): Item | undefined {
  const { family, priority, table, src, dst } = rule;
  if (rule.protocol !== poplinProtocol || table === undefined || !isPlain(rule)) return undefined;
  const value: RuleState = {
    family,
    priority,
    ...(src !== undefined && { from: src }),
    ...(dst !== undefined && { to: dst }),
    table,
  };
  return { kind: 'rule', value };
}

function isPlain({ action, invert, l3mdev, ...rule }: Rule): boolean {
  return (
    action === 'lookup' && !invert && !l3mdev && selectors.every((name) => rule[name] === undefined)
  );
}

/** What else may narrow a rule. */
const selectors = [
  'iif',
  'oif',
  'fwmark',
  'tos',
  'ipProtocol',
  'sourcePorts',
  'destinationPorts',
  'users',
  'tunnelId',
  'suppressPrefixLength',
  'suppressGroup',
] as const satisfies readonly (keyof Rule)[];
