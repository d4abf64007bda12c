import type { RouteState } from '@poplin/backend';
import { type Route, tables } from '@poplin/netlink';
import type { Item, StrayRoute } from '../item.js';
import { poplinProtocol } from '../ownership.js';

/** Metric of every route of ours to IPv6 (IP6_RT_PRIO_USER): what the kernel takes for none. For IPv4 that is none. */
export const ipv6Metric = 1024;

/** The item for a route, if it is one of ours: with our number and without a metric of its own. */
export function routeItem(route: Route, names: ReadonlyMap<number, string>): Item | undefined {
  if (route.protocol !== poplinProtocol || route.tos || !hasDefaultMetric(route)) return undefined;
  const value = routeState(route, names);
  return value && { kind: 'route', value };
}

function hasDefaultMetric({ family, priority = 0 }: Route): boolean {
  return priority === (family === 'ipv4' ? 0 : ipv6Metric);
}

function routeState(
  route: Route,
  names: ReadonlyMap<number, string>,
): RouteState | StrayRoute | undefined {
  const { dst, via, source, mtu } = route;
  const table = route.table === tables.main ? {} : { table: route.table };
  if (route.type === 'blackhole' && route.table === tables.main) return { type: 'blackhole', dst };
  const link = route.ifindex === undefined ? undefined : names.get(route.ifindex);
  if (route.type !== 'unicast' || link === undefined || route.nexthopId !== undefined) {
    return { type: 'stray', dst, ...table };
  }
  return {
    type: 'unicast',
    dst,
    link,
    ...(via !== undefined && { via }),
    ...(route.onlink && { onlink: true }),
    ...(source !== undefined && { source }),
    ...(mtu !== undefined && { mtu }),
    ...table,
  };
}
