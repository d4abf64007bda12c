import type { Cidr, Family } from '@poplin/net';

/** What a rule does with a packet that it matches (FR_ACT_*); `lookup` asks a routing table. */
export type RuleAction = 'lookup' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';

/** Flags of a rule (FIB_RULE_*), in the words of `ip rule`. */
export type RuleFlag =
  | 'permanent'
  | 'not'
  | 'unresolved'
  | 'iif_detached'
  | 'oif_detached'
  | 'find_saddr';

/** Numbers from `start` to `end`, both included. */
export interface NumberRange {
  readonly start: number;
  readonly end: number;
}

/** A mark of packets, and the bits of it that count. */
export interface FirewallMark {
  readonly value: number;
  /** All bits by default. */
  readonly mask?: number;
}

/** Which packets a rule is for; all of its family when empty. */
export interface RuleMatch {
  /** Source (FRA_SRC, `from`). */
  readonly src?: Cidr;
  /** Destination (FRA_DST, `to`). */
  readonly dst?: Cidr;
  /** Name of the link that it came in by (FRA_IIFNAME); `lo` for what this host sends. The link need not exist. */
  readonly iif?: string;
  /** Name of the link that its socket is bound to (FRA_OIFNAME). The link need not exist. */
  readonly oif?: string;
  /** Its mark (FRA_FWMARK, FRA_FWMASK). */
  readonly fwmark?: FirewallMark;
  /** Type of service, or traffic class. */
  readonly tos?: number;
  /** Protocol above IP, such as 6 for TCP (FRA_IP_PROTO). */
  readonly ipProtocol?: number;
  /** Source ports (FRA_SPORT_RANGE). */
  readonly sourcePorts?: NumberRange;
  /** Destination ports (FRA_DPORT_RANGE). */
  readonly destinationPorts?: NumberRange;
  /** Users that own the socket (FRA_UID_RANGE). */
  readonly users?: NumberRange;
  /** Id of the tunnel that it came by, 64 bits (FRA_TUN_ID). */
  readonly tunnelId?: bigint;
}

/** A rule of policy routing. Same as `ip rule add …`. */
export interface RuleSpec extends RuleMatch {
  readonly family: Family;
  /** Place among the rules, the lowest first (FRA_PRIORITY). By default the kernel puts it before the second rule. */
  readonly priority?: number;
  /** For the packets that do not match (FIB_RULE_INVERT, `not`). */
  readonly invert?: boolean;
  /** Default: `lookup`; with `goto`: `goto`. */
  readonly action?: RuleAction;
  /** Table to look in; the main one by default, unless `l3mdev` is on. */
  readonly table?: number;
  /** Priority of a later rule to go on with (FRA_GOTO). */
  readonly goto?: number;
  /** Look in the table of the VRF that a link of the packet belongs to (FRA_L3MDEV). */
  readonly l3mdev?: boolean;
  /** Who makes it, as for a route (FRA_PROTOCOL); 0 by default. */
  readonly protocol?: number;
  /** Refuse routes whose prefix is this long or shorter (FRA_SUPPRESS_PREFIXLEN): 0 refuses default routes. */
  readonly suppressPrefixLength?: number;
  /** Refuse routes by links of this group (FRA_SUPPRESS_IFGROUP). */
  readonly suppressGroup?: number;
}

/** Which rule to delete: the first one that has all of this. At least one field besides the family. */
export type RuleSelector = RuleSpec;

/** A rule as the kernel tells it; what does not narrow it is absent. */
export interface Rule extends RuleMatch {
  readonly family: Family;
  readonly priority: number;
  readonly invert: boolean;
  /** `unknown` for an action that has no name here. */
  readonly action: RuleAction | 'unknown';
  /** Absent where no table is looked in. */
  readonly table?: number;
  readonly goto?: number;
  readonly l3mdev: boolean;
  /** Who made it; 0 when nobody said, 2 for the kernel's own. */
  readonly protocol: number;
  readonly suppressPrefixLength?: number;
  readonly suppressGroup?: number;
  /** FIB_RULE_* as the kernel gives them (linux/fib_rules.h). */
  readonly flags: number;
  /** The same by name: `unresolved` is a `goto` to a rule that is missing, `iif_detached` a link that is. */
  readonly flagNames: readonly RuleFlag[];
}

/** Which rules to list; all when empty. The kernel filters by family, this package by the rest. */
export interface RuleFilter {
  readonly family?: Family;
  readonly priority?: number;
  readonly table?: number;
  readonly protocol?: number;
}
