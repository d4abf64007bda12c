import type { Executor } from '../../socket/executor.js';
import { askAll, perform } from '../../socket/perform.js';
import { ruleAdd } from './add.js';
import { decodeRule } from './decode.js';
import { ruleDel } from './del.js';
import { passesRuleFilter, ruleList } from './list.js';
import type { Rule, RuleFilter, RuleSelector, RuleSpec } from './types.js';

/** What can be done with rules of policy routing. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface RuleVerbs {
  /** Makes a rule. Same as `ip rule add`. Common codes: EEXIST, EINVAL. */
  add(spec: RuleSpec): Promise<void>;
  /**
   * Deletes the first rule that has all that is given. Same as `ip rule delete`. Common codes: ENOENT, EPERM (one that
   * the kernel keeps), INVALID_ARGUMENT (nothing given).
   */
  del(selector: RuleSelector): Promise<void>;
  /** Rules that pass the filter, in the order in which the kernel tries them. Same as `ip rule show`. */
  list(filter?: RuleFilter): Promise<readonly Rule[]>;
}

/** The verbs, carried out by an executor. */
export function ruleVerbs(executor: Executor): RuleVerbs {
  return {
    add: async (spec) => perform(executor, ruleAdd(spec)),
    del: async (selector) => perform(executor, ruleDel(selector)),
    async list(filter = {}) {
      const rules = await askAll(executor, ruleList(filter), decodeRule);
      return rules.filter((rule) => passesRuleFilter(filter, rule));
    },
  };
}
