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
import { scopeOf } from './scope.js';

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

/** A route as it is put together. */
type Draft = { -readonly [Member in keyof RouteSpec]: RouteSpec[Member] };

// Member by member: spreading takes as long as all else that is done for a route, and there are thousands.
function placeOf(route: RouteState | StrayRoute): Draft {
  const place: Draft = { dst: route.dst, protocol: poplinProtocol };
  if (familyOf(route.dst) === 'ipv6') place.priority = ipv6Metric;
  if ('table' in route && route.table !== undefined) place.table = route.table;
  return place;
}

function routeSpec(
  route: RouteState | StrayRoute,
  links: ReadonlyMap<string, KnownLink>,
): RouteSpec | undefined {
  if (route.type === 'stray') return undefined;
  const spec = placeOf(route);
  spec.type = route.type;
  if (route.type === 'blackhole') return spec;
  const ifindex = links.get(route.link)?.ifindex;
  if (ifindex === undefined) return undefined;
  spec.ifindex = ifindex;
  if (!route.via) spec.scope = 'link';
  else {
    spec.via = route.via;
    if (familyOf(route.dst) === 'ipv4') spec.scope = scopeOf(route.via);
  }
  if (route.onlink) spec.onlink = true;
  if (route.source) spec.source = route.source;
  if (route.mtu) spec.mtu = route.mtu;
  return spec;
}
