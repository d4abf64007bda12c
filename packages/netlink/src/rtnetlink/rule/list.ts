import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { encodeRuleHeader } from './header.js';
import type { Rule, RuleFilter } from './types.js';

/** Asks for rules, in the order in which the kernel tries them; it filters by family. Same as `ip rule show`. */
export function ruleList({ family }: RuleFilter = {}): NetlinkRequest {
  const head = { type: RTM.GETRULE, flags: NLM_F.DUMP, operation: `list ${family ?? 'all'} rules` };
  return encodeRequest(head, encodeRuleHeader({ family: familyNumber(family) }));
}

/** Tells whether a rule passes a filter. */
export function passesRuleFilter(filter: RuleFilter, rule: Rule): boolean {
  return (
    (filter.family === undefined || filter.family === rule.family) &&
    (filter.priority === undefined || filter.priority === rule.priority) &&
    (filter.table === undefined || filter.table === rule.table) &&
    (filter.protocol === undefined || filter.protocol === rule.protocol)
  );
}
