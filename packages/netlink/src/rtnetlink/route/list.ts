import type { Family } from '@poplin/net';
import { NLM_F } from '../../codec/message.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { checkIfindex, checkNumber, encodeRequest } from '../encode-request.js';
import { familyNumber } from '../family.js';
import { RTM } from '../message-types.js';
import { RTA, routeTypes } from './attributes.js';
import { encodeRouteHeader } from './header.js';
import type { Route, RouteFilter } from './types.js';

/**
 * Asks for the routes of one family; the kernel filters by protocol, table, type and outgoing link. ENOENT when the
 * filter's table does not exist, ENODEV when its link does not. Same as
 * `ip -4 route show [table T] [proto P] [type T] [dev LINK]`.
 */
export function routeList(family: Family, filter: RouteFilter = {}): NetlinkRequest {
  const operation = `list ${family} routes`;
  const { ifindex, type } = filter;
  const table = checkNumber(operation, 'a table', filter.table ?? 0, 0, 0xffff_ffff);
  return encodeRequest(
    { type: RTM.GETROUTE, flags: NLM_F.DUMP, operation },
    encodeRouteHeader({
      family: familyNumber(family),
      protocol: checkNumber(operation, 'a route protocol', filter.protocol ?? 0, 0, 255),
      table: table < 256 ? table : 0,
      type: type === undefined ? 0 : routeTypes.numberOf(type),
    }),
    (attributes) => {
      if (table >= 256) attributes.u32(RTA.TABLE, table);
      if (ifindex !== undefined) attributes.u32(RTA.OIF, checkIfindex(operation, ifindex));
    },
  );
}

/** Tells whether a route passes a filter: kernels before 4.20 answer with all, and none filters by destination. */
export function passesRouteFilter(filter: RouteFilter, route: Route): boolean {
  return (
    (filter.family === undefined || filter.family === route.family) &&
    (filter.protocol === undefined || filter.protocol === route.protocol) &&
    (filter.table === undefined || filter.table === route.table) &&
    (filter.type === undefined || filter.type === route.type) &&
    (filter.dst === undefined || filter.dst === route.dst) &&
    (filter.ifindex === undefined || leavesBy(route, filter.ifindex))
  );
}

function leavesBy(route: Route, ifindex: number): boolean {
  return (
    route.ifindex === ifindex ||
    (route.nexthops?.some((nexthop) => nexthop.ifindex === ifindex) ?? false)
  );
}
