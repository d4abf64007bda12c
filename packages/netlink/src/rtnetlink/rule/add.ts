import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { tables } from '../route/types.js';
import { ruleActions } from './attributes.js';
import { encodeRule } from './encode.js';
import type { RuleSpec } from './types.js';

/** Makes a rule; EEXIST when just the same one is there. Same as `ip rule add …`. */
export function ruleAdd(spec: RuleSpec): NetlinkRequest {
  const looksUp = (spec.action ?? 'lookup') === 'lookup' && spec.goto === undefined;
  return encodeRule('add', { type: RTM.NEWRULE, flags: NLM_F.CREATE | NLM_F.EXCL }, spec, {
    action: ruleActions.numberOf('lookup'),
    table: looksUp && !spec.l3mdev ? tables.main : 0,
  });
}
