import type { RouteState } from '@poplin/backend';
import { familyOf } from '@poplin/net';
import {
  type NetlinkRequest,
  type RouteSpec,
  routeAdd,
  routeDel,
  routeReplace,
} from '@poplin/netlink';
import type { Change } from '../change.js';
import type { StrayRoute } from '../item.js';
import type { KnownLink } from '../link/known.js';
import { poplinProtocol } from '../ownership.js';
import { ipv6Metric } from './item.js';

/** The request for a change of a route; `undefined` where its link is not there. */
export function routeRequest(
  verb: Change['verb'],
  route: RouteState | StrayRoute,
  links: ReadonlyMap<string, KnownLink>,
): NetlinkRequest | undefined {
  // One route of ours per prefix and table, so that these say which, whatever has become of its way.
  if (verb === 'delete') return routeDel(placeOf(route));
  const spec = routeSpec(route, links);
  return spec && (verb === 'create' ? routeAdd(spec) : routeReplace(spec));
}

function placeOf(route: RouteState | StrayRoute): RouteSpec {
  return {
    dst: route.dst,
    protocol: poplinProtocol,
    ...(familyOf(route.dst) === 'ipv6' && { priority: ipv6Metric }),
    ...('table' in route && route.table !== undefined && { table: route.table }),
  };
}

function routeSpec(
  route: RouteState | StrayRoute,
  links: ReadonlyMap<string, KnownLink>,
): RouteSpec | undefined {
  if (route.type === 'stray') return undefined;
  if (route.type === 'blackhole') return { ...placeOf(route), type: 'blackhole' };
  const ifindex = links.get(route.link)?.ifindex;
  if (ifindex === undefined) return undefined;
  return {
    ...placeOf(route),
    type: 'unicast',
    ifindex,
    ...(route.via ? { via: route.via } : { scope: 'link' as const }),
    ...(route.onlink && { onlink: true }),
    ...(route.source && { source: route.source }),
    ...(route.mtu && { mtu: route.mtu }),
  };
}
