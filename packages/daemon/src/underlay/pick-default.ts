import { lookup } from 'node:dns/promises';
import type { Underlay } from '@poplin/backend';
import { type Family, families, type Ip, type Log, parseIp, tryParseIp } from '@poplin/net';
import { type Route, tables } from '@poplin/netlink';
import { UnderlayError } from './error.js';
import {
  describeCandidates,
  type HostNetwork,
  isCandidate,
  type NetworkReader,
  type PickedLink,
  reachableAddresses,
} from './host-network.js';
import { pickNamed } from './pick.js';
import { routeTo } from './route-to.js';

/** Addresses of a host name, the system's favourite first. */
export type Resolve = (name: string) => Promise<readonly Ip[]>;

/** Resolves as getaddrinfo(3) does: /etc/hosts, then DNS. */
export const resolveBySystem: Resolve = async (name) => {
  const found = await lookup(name, { all: true });
  // A link-local answer carries a zone, which says nothing about the underlay.
  return found
    .filter(({ address }) => !address.includes('%'))
    .map(({ address }) => parseIp(address));
};

/** What {@link pickDefault} works with. */
export interface DefaultPickContext {
  readonly reader: NetworkReader;
  readonly network: HostNetwork;
  readonly resolve: Resolve;
  readonly log: Log;
  /** What was chosen before; its interface stays when no route tells of another. */
  readonly before?: Underlay | undefined;
}

/**
 * The link to take when the operator says nothing: the one that reaches the registry, else that of the IPv4
 * default route, else of the IPv6 one, else the only one with an address. A registry on a loopback tells
 * nothing. One that was chosen before stays where neither registry nor default route tell: that there is just one other now
 * is no sign that it leads to the nodes.
 *
 * @throws {UnderlayError} NO_UNDERLAY with all interfaces there are; INTERFACE_NOT_FOUND when the one chosen before is gone.
 */
export async function pickDefault(
  context: DefaultPickContext,
  registryHosts: readonly string[],
): Promise<PickedLink> {
  const pick =
    (await byRegistry(context, registryHosts)) ??
    (await byDefaultRoute(context)) ??
    (context.before ? pickNamed(context.network, context.before.link) : onlyOne(context.network));
  if (pick !== undefined) return pick;
  throw new UnderlayError(
    'NO_UNDERLAY',
    `it cannot be told which interface reaches the other nodes: no route to the registry, no default ` +
      `route, and not exactly one interface with an address. ${describeCandidates(context.network)}`,
    { remedy: 'Choose one by --interface NAME, CIDR or can-reach=IP' },
  );
}

async function byRegistry(
  { reader, network, resolve, log }: DefaultPickContext,
  hosts: readonly string[],
): Promise<PickedLink | undefined> {
  for (const host of hosts) {
    const literal = tryParseIp(host);
    const ips = literal === undefined ? await resolveOrWarn(resolve, host, log) : [literal];
    for (const ip of ips) {
      const pick = await routeTo(reader, network, ip);
      if (pick !== undefined) return pick;
    }
  }
  return undefined;
}

async function resolveOrWarn(resolve: Resolve, host: string, log: Log): Promise<readonly Ip[]> {
  try {
    return await resolve(host);
  } catch (error) {
    log.warn(
      { host, error },
      'the registry host has no address now, so it does not help to choose the interface',
    );
    return [];
  }
}

async function byDefaultRoute({
  reader,
  network,
}: DefaultPickContext): Promise<PickedLink | undefined> {
  for (const family of families) {
    const routes = await reader.route.list({ family, table: tables.main });
    const best = routes.filter((route) => isDefault(route, family)).sort(byPriority);
    for (const route of best) {
      const ifindex = route.ifindex ?? route.nexthops?.[0]?.ifindex;
      const link = network.links.find((one) => one.ifindex === ifindex);
      if (link === undefined || !link.up || !isCandidate(link)) continue;
      return {
        link,
        ...(route.source === undefined ? {} : { preferred: route.source, firm: true }),
      };
    }
  }
  return undefined;
}

function isDefault({ dst, type }: Route, family: Family): boolean {
  return type === 'unicast' && dst === (family === 'ipv4' ? '0.0.0.0/0' : '::/0');
}

/** Lower is better; a route without one has 0. */
function byPriority(a: Route, b: Route): number {
  return (a.priority ?? 0) - (b.priority ?? 0);
}

function onlyOne(network: HostNetwork): PickedLink | undefined {
  const usable = network.links.filter(
    (link) => link.up && isCandidate(link) && reachableAddresses(network, link).length > 0,
  );
  const [first, second] = usable;
  return first === undefined || second !== undefined ? undefined : { link: first };
}
