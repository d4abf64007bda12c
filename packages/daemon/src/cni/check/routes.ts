import { parseInterfaceAddress, tryParseIp } from '@poplin/net';
import type { PodRoute, RouteScope } from '../network-config/routes.js';
import type { PreviousResult, PreviousRoute } from '../result/previous.js';
import { isAtLeast } from '../version.js';
import { type AcceptedChange, type CheckComparison, changeOf } from './comparison.js';

/**
 * Compares the routes of a result with our own. A route of ours that is not there as it was has been changed when there is
 * another one to its destination, else it has been taken away. Both are a later plugin's right.
 */
export function compareRoutes(
  { routes, cniVersion }: PreviousResult,
  ours: readonly PodRoute[],
): Pick<CheckComparison, 'changes'> & { readonly expected: readonly PodRoute[] } {
  const complete = isAtLeast(cniVersion, '1.1.0');
  const theirs = routes.flatMap(routeOf);
  const take = (fits: (route: PodRoute) => boolean): PodRoute | undefined => {
    const place = theirs.findIndex(fits);
    return place < 0 ? undefined : theirs.splice(place, 1)[0];
  };
  // Exact ones first: a changed route must not take the place of one that stayed.
  const exact = ours.map((route) => take((their) => isSame(route, their, complete)));
  const found = ours.map((route, at) => exact[at] ?? take(({ dst }) => dst === route.dst));
  const expected = ours.map((route, at) => (complete || !exact[at] ? found[at] : route));
  return {
    changes: ours.flatMap((route, at) => changesOf(route, expected[at])),
    expected: expected.filter((route) => route !== undefined),
  };
}

function changesOf(route: PodRoute, now: PodRoute | undefined): readonly AcceptedChange[] {
  if (now === undefined) return [{ what: 'route', from: textOf(route) }];
  return changeOf('route', textOf(route), textOf(now));
}

/** @param complete - the result's version has room for table and metric. */
function isSame(ours: PodRoute, theirs: PodRoute, complete: boolean): boolean {
  if (ours.dst !== theirs.dst || ours.gw !== theirs.gw) return false;
  return !complete || (ours.table === theirs.table && ours.priority === theirs.priority);
}

function routeOf({ dst, gw, scope, ...attributes }: PreviousRoute): readonly PodRoute[] {
  const cidr = cidrIn(dst);
  if (cidr === undefined) return [];
  const via = tryParseIp(gw ?? '');
  const known = ([0, 253, 254] satisfies RouteScope[]).find((one) => one === scope);
  return [
    {
      dst: cidr,
      ...(via !== undefined && { gw: via }),
      ...attributes,
      ...(known !== undefined && { scope: known }),
    },
  ];
}

function cidrIn(text: string) {
  try {
    return parseInterfaceAddress(text).cidr;
  } catch {
    return undefined;
  }
}

/** In the words of ip-route(8). */
function textOf({ dst, gw, table, priority, mtu, advmss, scope }: PodRoute): string {
  const words = [
    ['via', gw],
    ['table', table],
    ['metric', priority],
    ['mtu', mtu],
    ['advmss', advmss],
    ['scope', scope],
  ].flatMap(([word, value]) => (value === undefined ? [] : [`${word} ${value}`]));
  return [dst, ...words].join(' ');
}
