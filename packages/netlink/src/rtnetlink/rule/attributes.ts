import { flagNamesOf } from '../flag-names.js';
import { namesOf } from '../names.js';
import type { RuleAction, RuleFlag } from './types.js';

/** Attributes of a rule (FRA_*, linux/fib_rules.h). */
export const FRA = {
  DST: 1,
  SRC: 2,
  IIFNAME: 3,
  GOTO: 4,
  PRIORITY: 6,
  FWMARK: 10,
  TUN_ID: 12,
  SUPPRESS_IFGROUP: 13,
  SUPPRESS_PREFIXLEN: 14,
  TABLE: 15,
  FWMASK: 16,
  OIFNAME: 17,
  L3MDEV: 19,
  UID_RANGE: 20,
  PROTOCOL: 21,
  IP_PROTO: 22,
  SPORT_RANGE: 23,
  DPORT_RANGE: 24,
} as const;

/** Flag of a rule: it is for the packets that do not match. */
export const FIB_RULE_INVERT = 0x2;

/** What stands for "nothing is suppressed". */
export const SUPPRESS_NOTHING = 0xffff_ffff;

/** Actions of a rule (FR_ACT_*). */
export const ruleActions = namesOf<RuleAction>({
  lookup: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
});

/** Names of the flags of a rule (FIB_RULE_*). */
export const ruleFlagNames = flagNamesOf<RuleFlag>({
  permanent: 0x1,
  not: FIB_RULE_INVERT,
  unresolved: 0x4,
  iif_detached: 0x8,
  oif_detached: 0x10,
  find_saddr: 0x1_0000,
});
