import { routeScopes, routeTypes } from './attributes.js';
import type { RouteDefaults } from './encode.js';
import { protocols, type RouteSpec } from './types.js';

/** What `ip route add` takes for granted: made by hand; on the link when nothing is in between. */
export function newRouteDefaults(spec: RouteSpec): RouteDefaults {
  const direct = (spec.type ?? 'unicast') === 'unicast' && spec.via === undefined;
  return {
    protocol: protocols.boot,
    scope: routeScopes.numberOf(direct ? 'link' : 'universe'),
    type: routeTypes.numberOf('unicast'),
  };
}
