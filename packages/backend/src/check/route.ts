import { type Cidr, cidrCovers, cidrLength, cidrsOverlap, firstIp } from '@poplin/net';
import type { KernelState, RouteState, RuleState } from '../kernel-state.js';
import { nodeRulePriority, nodeTable } from '../node-table.js';
import { isHostCidr } from '../schema/value.js';
import { isBackendLink } from './link.js';
import type { BackendRules } from './rules.js';

/** Refusals about routes and rules. */
export function checkRouting(
  { routes, rules: wanted }: KernelState,
  rules: BackendRules,
): string[] {
  const peers = new Set<string>(rules.peerAddresses);
  return [
    ...routes.flatMap((route) => refusal(`route ${route.dst}`, checkRoute(route, rules, peers))),
    ...wanted.flatMap((rule) => refusal(ruleText(rule), checkRule(rule, rules))),
  ];
}

function refusal(object: string, reason: string | undefined): string[] {
  return reason === undefined ? [] : [`${object}: ${reason}`];
}

function checkRoute(
  route: RouteState,
  { pools, ownBlocks }: BackendRules,
  peers: ReadonlySet<string>,
): string | undefined {
  const { dst } = route;
  if (cidrLength(dst) === 0) return 'a backend may not have a default route';
  if (route.type === 'unicast' && !mayLeaveBy(route.link))
    return `a backend may not route over ${route.link}, a link of pods or the loopback`;
  const table = route.type === 'unicast' ? route.table : undefined;
  if (table !== undefined && table !== nodeTable)
    return `a backend may have routes in the main table and ${nodeTable}, not ${table}`;
  if (table === nodeTable && isHostCidr(dst) && peers.has(firstIp(dst))) return undefined;
  if (!isWithin(dst, pools)) {
    const orPeer = table === nodeTable ? ', nor the address of a peer' : '';
    return `it is not inside the pools (${pools.join(', ') || 'none'})${orPeer}`;
  }
  const own = ownBlocks.find((block) => cidrsOverlap(block, dst));
  if (own) return `it meets ${own}, a block of this node`;
  return undefined;
}

function checkRule(
  { priority, from, to, table }: RuleState,
  { pools }: BackendRules,
): string | undefined {
  if (table !== nodeTable) return `a backend's rules lead to table ${nodeTable}, not ${table}`;
  if (priority !== nodeRulePriority)
    return `a backend's rules have priority ${nodeRulePriority}, not ${priority}`;
  const prefixes = [from, to].filter((cidr) => cidr !== undefined);
  if (prefixes.length === 0) return 'it names no pool, so it would concern all packets';
  const outside = prefixes.find((cidr) => !isWithin(cidr, pools));
  if (outside) return `${outside} is not inside the pools (${pools.join(', ') || 'none'})`;
  return undefined;
}

/** Poplin's bridge and pods' links begin with `pop`, too. */
function mayLeaveBy(link: string): boolean {
  return isBackendLink(link) || (link !== 'lo' && !/^(poplin|popx?[0-9a-f]{11}$)/.test(link));
}

function isWithin(cidr: Cidr, pools: readonly Cidr[]): boolean {
  return pools.some((pool) => cidrCovers(pool, cidr));
}

function ruleText({ from, to, table }: RuleState): string {
  return ['rule', from && `from ${from}`, to && `to ${to}`, `lookup ${table}`]
    .filter((word) => word !== undefined)
    .join(' ');
}
