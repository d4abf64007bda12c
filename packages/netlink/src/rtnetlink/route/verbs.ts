import { families, familyOf, type Ip } from '@poplin/net';
import { NetlinkError } from '../../error.js';
import type { Executor } from '../../socket/executor.js';
import { askAll, askOne, perform } from '../../socket/perform.js';
import { routeAdd } from './add.js';
import { routeAppend } from './append.js';
import { routeChange } from './change.js';
import { decodeRoute } from './decode.js';
import { routeDel } from './del.js';
import { routeGet } from './get.js';
import { passesRouteFilter, routeList } from './list.js';
import { routeReplace } from './replace.js';
import type { Route, RouteFilter, RouteGetOptions, RouteSpec } from './types.js';

/** What can be done with routes. Every verb throws {@link NetlinkError} with the kernel's code. */
export interface RouteVerbs {
  /** Makes a route. Same as `ip route add`. Common codes: EEXIST, ENETUNREACH (next hop), ENODEV, EINVAL. */
  add(spec: RouteSpec): Promise<void>;
  /** Makes a route behind those to the same prefix. Same as `ip route append`. Common codes as for `add`. */
  append(spec: RouteSpec): Promise<void>;
  /** Makes a route or takes the place of one. Same as `ip route replace`. Common codes as for `add`. */
  replace(spec: RouteSpec): Promise<void>;
  /** Takes the place of a route that is there. Same as `ip route change`. Common codes: ENOENT, and those of `add`. */
  change(spec: RouteSpec): Promise<void>;
  /**
   * Deletes the first route that has all that is given. Same as `ip route delete`. Common codes: ESRCH.
   * What it does to a route with several ways differs by family: see {@link routeDel}.
   */
  del(spec: RouteSpec): Promise<void>;
  /**
   * Routes that pass the filter, of all tables when it is empty. Same as `ip route show table all`. Common codes:
   * ENODEV (the filter's link).
   */
  list(filter?: RouteFilter): Promise<readonly Route[]>;
  /**
   * The way that a packet to `dst` would take. Same as `ip route get`. Common codes: ENETUNREACH, EHOSTUNREACH, ENODEV,
   * EINVAL (a source that is no address of this host).
   */
  get(dst: Ip, options?: RouteGetOptions): Promise<Route>;
}

/** The verbs, carried out by an executor. */
export function routeVerbs(executor: Executor): RouteVerbs {
  return {
    add: async (spec) => perform(executor, routeAdd(spec)),
    append: async (spec) => perform(executor, routeAppend(spec)),
    replace: async (spec) => perform(executor, routeReplace(spec)),
    change: async (spec) => perform(executor, routeChange(spec)),
    del: async (spec) => perform(executor, routeDel(spec)),
    list: (filter = {}) => list(executor, filter),
    get: async (dst, options) => askOne(executor, routeGet(dst, options), decodeRoute),
  };
}

/** One dump per family: AF_UNSPEC would also ask the multicast and MPLS tables. */
async function list(executor: Executor, filter: RouteFilter): Promise<Route[]> {
  const routes: Route[] = [];
  for (const family of familiesOf(filter)) {
    try {
      const found = await askAll(executor, routeList(family, filter), decodeRoute);
      for (const route of found) {
        if (route.family === family && passesRouteFilter(filter, route)) routes.push(route);
      }
    } catch (error) {
      if (!isMissingTable(error, filter)) throw error;
    }
  }
  return routes;
}

function familiesOf({ family, dst }: RouteFilter): typeof families {
  const only = family ?? (dst === undefined ? undefined : familyOf(dst));
  return only === undefined ? families : [only];
}

/** A table exists once it has had a route, so a filter for a missing one is not a mistake. */
function isMissingTable(error: unknown, filter: RouteFilter): boolean {
  return filter.table !== undefined && error instanceof NetlinkError && error.code === 'ENOENT';
}
