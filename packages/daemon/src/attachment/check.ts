import { familyOf, type Ip } from '@poplin/net';
import type { Address, Link, Neighbour, Netlink, Route, Rule } from '@poplin/netlink';
import type { ExpectedInterface, PodRoute } from '../cni/index.js';
import { gatewayMac, podAddresses } from './plan.js';
import { ownTable } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';

/** A link, as far as it is compared. */
export type ComparedLink = Pick<
  Link,
  'name' | 'ifindex' | 'kind' | 'up' | 'mtu' | 'mac' | 'masterIfindex'
>;

/** A route, as far as it is compared. */
export interface ComparedRoute extends Pick<Route, 'dst' | 'table' | 'ifindex' | 'via' | 'mtu'> {
  readonly nexthops?: readonly { readonly ifindex: number; readonly via?: Ip }[];
}

/** What the kernel holds in a pod, as far as it is compared. */
export interface PodKernel {
  readonly links: readonly ComparedLink[];
  readonly addresses: readonly Pick<Address, 'ifindex' | 'ip' | 'length'>[];
  readonly routes: readonly ComparedRoute[];
  readonly neighbours: readonly Pick<Neighbour, 'ifindex' | 'ip' | 'mac'>[];
  readonly rules: readonly Pick<Rule, 'family' | 'src' | 'table'>[];
}

/** RT_TABLE_MAIN. */
const mainTable = 254;

/** Reads a pod's namespace. @throws {NetlinkError} when it cannot be read. */
export async function readPod(pod: Netlink): Promise<PodKernel> {
  const [links, addresses, routes, neighbours, rules] = await Promise.all([
    pod.link.list(),
    pod.address.list(),
    pod.route.list({}),
    pod.neighbour.list(),
    pod.rule.list({}),
  ]);
  return { links, addresses, routes, neighbours, rules };
}

/**
 * Compares the pod's end of an attachment with what it should be. Pure.
 *
 * @param expected - the record, with what later plugins of the chain have changed.
 * @returns what differs, a sentence each; empty when all is well.
 */
export function comparePod(
  record: AttachmentRecord,
  expected: ExpectedInterface,
  kernel: PodKernel,
): string[] {
  const link = kernel.links.find(({ name }) => name === record.ifname);
  if (!link) return [`the pod has no interface ${record.ifname}`];
  return [
    ...compareLink(link, expected),
    ...expected.ips
      .filter(({ ip, length }) => !hasAddress(kernel, link, ip, length))
      .map(({ ip, length }) => `${link.name} does not have address ${ip}/${length}`),
    ...podAddresses(record)
      .filter(({ gateway }) => !hasGateway(kernel, link, gateway))
      .map(({ gateway }) => `${link.name} has no permanent neighbour ${gateway}`),
    ...expected.routes
      .filter((route) => !kernel.routes.some((one) => isRoute(one, route, link.ifindex)))
      .map((route) => `the pod has no route ${routeText(route)} by ${link.name}`),
    ...missingRules(record, kernel, link.ifindex),
  ];
}

function compareLink(link: ComparedLink, { mac, mtu }: ExpectedInterface): string[] {
  return [
    ...(link.kind === 'veth' ? [] : [`${link.name} is no veth`]),
    ...(link.up ? [] : [`${link.name} is down`]),
    ...(link.mac === mac ? [] : [`${link.name} has MAC ${link.mac ?? 'none'} instead of ${mac}`]),
    ...(mtu === undefined || link.mtu === mtu
      ? []
      : [`${link.name} has MTU ${link.mtu} instead of ${mtu}`]),
  ];
}

function hasAddress(
  { addresses }: PodKernel,
  { ifindex }: ComparedLink,
  ip: Ip,
  length: number,
): boolean {
  return addresses.some((one) => one.ifindex === ifindex && one.ip === ip && one.length === length);
}

function hasGateway({ neighbours }: PodKernel, { ifindex }: ComparedLink, ip: Ip): boolean {
  return neighbours.some(
    (one) => one.ifindex === ifindex && one.ip === ip && one.mac === gatewayMac,
  );
}

function isRoute(route: ComparedRoute, wanted: PodRoute, ifindex: number): boolean {
  if (route.dst !== wanted.dst || route.table !== (wanted.table ?? mainTable)) return false;
  // A smaller one hurts nobody; without one, or with a greater, packets get lost on the way.
  if (wanted.mtu !== undefined && (route.mtu ?? Infinity) > wanted.mtu) return false;
  const hops = route.nexthops ?? [route];
  return hops.some(
    (hop) => hop.ifindex === ifindex && (wanted.gw === undefined || hop.via === wanted.gw),
  );
}

function missingRules(record: AttachmentRecord, { rules }: PodKernel, ifindex: number): string[] {
  if (!record.secondary) return [];
  return record.addresses
    .filter(
      ({ ip }) =>
        !rules.some(
          (rule) =>
            rule.table === ownTable(ifindex) &&
            rule.src?.startsWith(`${ip}/`) &&
            rule.family === familyOf(ip),
        ),
    )
    .map(({ ip }) => `the pod has no rule from ${ip} lookup ${ownTable(ifindex)}`);
}

function routeText({ dst, gw, table, mtu }: PodRoute): string {
  return [
    dst,
    ...(gw === undefined ? [] : [`via ${gw}`]),
    ...(table === undefined ? [] : [`table ${table}`]),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
  ].join(' ');
}

/**
 * Compares the host's end of an attachment with what it should be. Its MAC is not compared: udev may have changed
 * it in mode `bridge`. Pure.
 *
 * @param links - links of the host.
 */
export function compareHostEnd(record: AttachmentRecord, links: readonly ComparedLink[]): string[] {
  const link = links.find(({ name }) => name === record.hostLink);
  if (!link) return [`the host has no interface ${record.hostLink}`];
  const bridge = links.find(({ name }) => name === record.bridge);
  const detached = record.mode === 'bridge' && link.masterIfindex !== (bridge?.ifindex ?? -1);
  return [
    ...(link.up ? [] : [`${link.name} is down`]),
    ...(detached ? [`${link.name} is no port of ${record.bridge}`] : []),
  ];
}
