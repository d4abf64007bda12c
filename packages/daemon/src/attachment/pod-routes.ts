import { type Family, familyOf, type Ip } from '@poplin/net';
import { type NetlinkRequest, type RouteSpec, routeAdd } from '@poplin/netlink';
import type { PodRoute } from '../cni/index.js';
import { defaultRoute, podGateway } from './plan.js';
import type { AttachmentRecord } from './record.js';

/** RT_TABLE_MAIN. */
const mainTable = 254;

/** RT_SCOPE_* as the driver names them. */
const scopes = { 0: 'universe', 253: 'link', 254: 'host' } as const;

/** A record, as far as routes depend on it. */
type RoutedRecord = Pick<AttachmentRecord, 'addresses' | 'pathMtu' | 'routes' | 'secondary'>;

/**
 * The routes in the pod that an attachment brings: those that were asked for, and for each of its families a default
 * route, unless another interface of the pod has that or one was asked for.
 */
export function podRoutes(record: RoutedRecord): readonly PodRoute[] {
  return [...defaultRoutes(record), ...record.routes.map((route) => withGateway(route))];
}

/** The default routes among them that nobody asked for. */
export function defaultRoutes(record: RoutedRecord): readonly PodRoute[] {
  if (record.secondary) return [];
  const routes: PodRoute[] = [];
  for (const { ip } of record.addresses) {
    const own = defaultRouteOf(record, familyOf(ip));
    const isAskedFor = record.routes.some((route) => route.dst === own.dst && isPlain(route));
    if (!isAskedFor) routes.push(own);
  }
  return routes;
}

/** It says what fits, where that is less than the interface takes. */
function defaultRouteOf({ pathMtu }: Pick<AttachmentRecord, 'pathMtu'>, family: Family): PodRoute {
  const mtu = pathMtu[family];
  return { dst: defaultRoute[family], gw: podGateway[family], ...(mtu !== undefined && { mtu }) };
}

/** A route that says no next hop goes by the gateway of its family, unless it stays on the link. */
function withGateway(route: PodRoute): PodRoute {
  if (route.gw !== undefined || (route.scope ?? 0) !== 0) return route;
  return { ...route, gw: podGateway[familyOf(route.dst)] };
}

function isPlain({ table = mainTable, priority = 0 }: PodRoute): boolean {
  return table === mainTable && priority === 0;
}

/** Requests for these routes. Several to one destination become one with several next hops. */
export function routeRequests(routes: readonly PodRoute[], ifindex: number): NetlinkRequest[] {
  const groups = new Map<string, PodRoute[]>();
  for (const route of routes) {
    const key = [route.dst, route.table ?? mainTable, route.priority ?? 0].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), route]);
  }
  return [...groups.values()].map((group) => routeAdd(routeSpec(group, ifindex)));
}

/** One route from all those to one destination. */
export function routeSpec(group: readonly PodRoute[], ifindex: number): RouteSpec {
  const [{ dst, mtu, advmss, priority, table, scope } = { dst: defaultRoute.ipv4 }] = group;
  const hops = group.map(({ gw }) => hop(gw, ifindex));
  return {
    dst,
    ...(hops.length > 1 ? { nexthops: hops } : hops[0]),
    ...(scope !== undefined && { scope: scopes[scope] }),
    ...(table !== undefined && { table }),
    ...(priority !== undefined && { priority }),
    ...(mtu !== undefined && { mtu }),
    ...(advmss !== undefined && { metrics: { advmss } }),
  };
}

/** The gateway has no route of its own: `onlink`. */
function hop(gw: Ip | undefined, ifindex: number) {
  return gw === undefined ? { ifindex } : { ifindex, via: gw, onlink: true };
}

/** Routing table of an interface that answers through itself what comes to its addresses. */
export function ownTable(ifindex: number): number {
  return 1000 + ifindex;
}

/** The default route of a family, in the table of the interface. */
export function ownDefaultRoute(
  record: Pick<AttachmentRecord, 'pathMtu'>,
  family: Family,
  ifindex: number,
): PodRoute {
  return { ...defaultRouteOf(record, family), table: ownTable(ifindex) };
}
