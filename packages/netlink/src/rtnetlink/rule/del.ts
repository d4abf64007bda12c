import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { RTM } from '../message-types.js';
import { encodeRule } from './encode.js';
import type { RuleSelector } from './types.js';

/**
 * Deletes the first rule that has all that is given; ENOENT when there is none. Same as `ip rule delete …`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT when only the family is given: that would be the rule that finds the local table.
 */
export function ruleDel(selector: RuleSelector): NetlinkRequest {
  const { family, ...rest } = selector;
  if (Object.values(rest).every((value) => value === undefined)) {
    throw invalidArgument(`delete ${family} rule`, 'nothing says which one');
  }
  return encodeRule('delete', { type: RTM.DELRULE, flags: 0 }, selector, { action: 0, table: 0 });
}
