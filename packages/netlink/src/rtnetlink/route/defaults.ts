import { routeScopes, routeTypes } from './attributes.js';
import type { RouteDefaults } from './header.js';
import { protocols, type RouteScopeName, type RouteSpec, type RouteType, tables } from './types.js';

/** What `ip route add` takes for granted: made by hand; on the link when nothing is in between. */
export function newRouteDefaults(spec: RouteSpec): RouteDefaults {
  return {
    protocol: protocols.boot,
    scope: routeScopes.numberOf(newRouteScope(spec)),
    type: routeTypes.numberOf('unicast'),
  };
}

function newRouteScope({ type, via, nexthops, nexthopId }: RouteSpec): RouteScopeName {
  switch (type) {
    case undefined:
    case 'unicast':
      return via === undefined && !nexthops && nexthopId === undefined ? 'link' : 'universe';
    case 'local':
      return 'host';
    case 'broadcast':
    case 'anycast':
    case 'multicast':
      return 'link';
    default:
      return 'universe';
  }
}

/** The table in which routes of a type are looked for. */
export function defaultTable(type: RouteType | undefined): number {
  return type === 'local' || type === 'broadcast' || type === 'anycast'
    ? tables.local
    : tables.main;
}
