import type {
  AddressState,
  BridgePortState,
  FdbState,
  ForwardState,
  IsolationState,
  KernelState,
  LinkState,
  LoopbackRouteState,
  MasqueradeState,
  NeighbourState,
  OffloadState,
  PlainSourceState,
  PortMappingState,
  RouteState,
  RuleState,
  ShapingState,
  SysctlState,
  TunnelState,
} from '@poplin/backend';
import { type Cidr, familyOf } from '@poplin/net';
import { tables } from '@poplin/netlink';
import { underlayOf } from './link/form.js';
import { offloadKey } from './offload/tx-checksum.js';
import { linkOfSysctl } from './sysctl.js';

/** One object of a {@link KernelState}, with its kind. */
export type Item =
  | { readonly kind: 'sysctl'; readonly value: SysctlState }
  | { readonly kind: 'link'; readonly value: LinkState | StrayLink }
  | { readonly kind: 'bridgePort'; readonly value: BridgePortState }
  | { readonly kind: 'offload'; readonly value: OffloadState }
  | { readonly kind: 'address'; readonly value: AddressState }
  | { readonly kind: 'neighbour'; readonly value: NeighbourState }
  | { readonly kind: 'fdb'; readonly value: FdbState | StrayFdbEntry }
  | { readonly kind: 'route'; readonly value: RouteState | StrayRoute }
  | { readonly kind: 'rule'; readonly value: RuleState }
  | { readonly kind: 'tunnel'; readonly value: TunnelState }
  | { readonly kind: 'forward'; readonly value: ForwardState }
  | { readonly kind: 'masquerade'; readonly value: MasqueradeState }
  | { readonly kind: 'plainSource'; readonly value: PlainSourceState }
  | { readonly kind: 'portMapping'; readonly value: PortMappingState }
  | { readonly kind: 'isolation'; readonly value: IsolationState }
  | { readonly kind: 'loopbackRoute'; readonly value: LoopbackRouteState }
  | { readonly kind: 'shaping'; readonly value: ShapingState };

/** A link of ours that is not as anybody wants it. Only found in the kernel, never wanted. */
export interface StrayLink {
  readonly kind: 'stray';
  readonly name: string;
}

/** An entry of a vxlan of ours that nobody can ask for: it ages, or has a port or a network of its own. Likewise. */
export interface StrayFdbEntry extends FdbState {
  readonly stray: true;
}

/** A route of ours that nobody can ask for: it has several next hops, or is of another type. Likewise. */
export interface StrayRoute {
  readonly type: 'stray';
  readonly dst: Cidr;
  readonly table?: number;
}

/** Kind of an {@link Item}. */
export type ItemKind = Item['kind'];

/**
 * What makes two items the same object for the kernel, whatever else about them differs.
 * Also the text by which logs and errors name it.
 */
export function keyOf(item: Item): string {
  switch (item.kind) {
    case 'sysctl':
      return `sysctl ${item.value.key}`;
    case 'link':
      return `link ${item.value.name}`;
    case 'bridgePort':
      return bridgePortKey(item.value.link);
    case 'address':
      return `address ${item.value.ip}/${item.value.length} dev ${item.value.link}`;
    case 'neighbour':
      return `neighbour ${item.value.ip} dev ${item.value.link}`;
    case 'offload':
      return offloadKey(item.value);
    case 'fdb':
      return `fdb entry ${item.value.mac} dev ${item.value.link}`;
    case 'route':
      return routeKey(item.value);
    case 'rule':
      return ruleKey(item.value);
    case 'tunnel': {
      const { protocol } = item.value;
      return protocol === 'udp' ? `tunnel over UDP port ${item.value.port}` : `tunnel ${protocol}`;
    }
    case 'forward':
      return `forward ${item.value.cidr}`;
    case 'masquerade':
      return `masquerade ${item.value.role} ${item.value.cidr}`;
    case 'plainSource':
      return `plain source ${item.value.source} to ${item.value.dst}`;
    case 'portMapping': {
      const { ip, protocol, hostIp = 'any', hostPort } = item.value;
      return `host port ${hostPort}/${protocol} of ${hostIp} ${familyOf(ip)} address`;
    }
    case 'isolation':
      return `isolation of ${item.value.link}`;
    case 'loopbackRoute':
      return `loopback route over ${item.value.link}`;
    case 'shaping':
      return `shaping dev ${item.value.link}`;
  }
}

/** The key of a {@link BridgePortState}: a link is a port of one bridge at most. */
export function bridgePortKey(link: string): string {
  return `bridge port ${link}`;
}

/** The key of a route: a prefix may have one in each table. */
export function routeKey(route: { readonly dst: Cidr; readonly table?: number }): string {
  const { dst, table = tables.main } = route;
  return table === tables.main ? `route ${dst}` : `route ${dst} table ${table}`;
}

function ruleKey({ family, priority, from, to, table }: RuleState): string {
  const all = family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  return `rule ${priority} from ${from ?? all} to ${to ?? all} lookup ${table}`;
}

/** Tells whether two items of one key ask for the same. What is false, or the main table, may be left out as well. */
export function asksTheSame(a: Item, b: Item): boolean {
  // A rule is all key.
  return a === b || a.kind === 'rule' || isSame(a.value, b.value);
}

function isSame(a: object, b: object): boolean {
  for (const name in a) if (!isSameMember(name, a, b)) return false;
  for (const name in b) if (!(name in a) && !isSameMember(name, a, b)) return false;
  return true;
}

function isSameMember(name: string, a: object, b: object): boolean {
  const one = memberOf(a, name);
  const other = memberOf(b, name);
  if (one === other) return true;
  return (
    typeof one === 'object' && typeof other === 'object' && !!one && !!other && isSame(one, other)
  );
}

function memberOf(value: object, name: string): unknown {
  const member = (value as Readonly<Record<string, unknown>>)[name];
  return member === false || (name === 'table' && member === tables.main) ? undefined : member;
}

/** The items of a state. */
export function itemsOf(state: KernelState): Item[] {
  const items: Item[] = [];
  for (const value of state.sysctls) items.push({ kind: 'sysctl', value });
  for (const value of state.links) items.push({ kind: 'link', value });
  for (const value of state.bridgePorts) items.push({ kind: 'bridgePort', value });
  for (const value of state.offloads) items.push({ kind: 'offload', value });
  for (const value of state.addresses) items.push({ kind: 'address', value });
  for (const value of state.neighbours) items.push({ kind: 'neighbour', value });
  for (const value of state.fdb) items.push({ kind: 'fdb', value });
  for (const value of state.routes) items.push({ kind: 'route', value });
  for (const value of state.rules) items.push({ kind: 'rule', value });
  for (const value of state.tunnels) items.push({ kind: 'tunnel', value });
  for (const value of state.forwards) items.push({ kind: 'forward', value });
  for (const value of state.masquerade) items.push({ kind: 'masquerade', value });
  for (const value of state.plainSources) items.push({ kind: 'plainSource', value });
  for (const value of state.portMappings) items.push({ kind: 'portMapping', value });
  for (const value of state.isolations) items.push({ kind: 'isolation', value });
  for (const value of state.loopbackRoutes) items.push({ kind: 'loopbackRoute', value });
  for (const value of state.shapings) items.push({ kind: 'shaping', value });
  return items;
}

/** What has to be there first has the lower number. */
const makeOrder: Readonly<Record<ItemKind, number>> = {
  sysctl: 0,
  link: 1,
  bridgePort: 2,
  offload: 3,
  address: 4,
  neighbour: 5,
  fdb: 6,
  route: 7,
  rule: 9,
  tunnel: 10,
  forward: 11,
  masquerade: 12,
  plainSource: 13,
  portMapping: 14,
  isolation: 15,
  loopbackRoute: 16,
  shaping: 17,
};

/** Orders items so that what others need comes first: a route needs its link, and a route to its next hop where it names one. */
export function byMakeOrder(a: { readonly item: Item }, b: { readonly item: Item }): number {
  return placeOf(a.item) - placeOf(b.item);
}

function placeOf(item: Item): number {
  if (item.kind === 'sysctl' && linkOfSysctl(item.value) !== undefined) return makeOrder.link + 0.5;
  const hasNextHop = item.kind === 'route' && item.value.type === 'unicast' && item.value.via;
  return hasNextHop ? makeOrder.route + 1 : makeOrder[item.kind];
}

/** Names of the links that must exist before the item can. */
export function linksNeededBy(item: Item): readonly string[] {
  switch (item.kind) {
    case 'bridgePort':
      return [item.value.link, item.value.bridge];
    case 'offload':
    case 'address':
    case 'neighbour':
    case 'fdb':
    case 'loopbackRoute':
    case 'shaping':
      return [item.value.link];
    case 'link':
      return listed(linkBelow(item.value));
    case 'sysctl':
      return listed(linkOfSysctl(item.value));
    case 'route':
      return item.value.type === 'unicast' ? [item.value.link] : none;
    default:
      return none;
  }
}

const none: readonly string[] = [];

function listed(name: string | undefined): readonly string[] {
  return name === undefined ? none : [name];
}

/** A TUN device is made by a process: all that can be done is to wait for it. */
function linkBelow(link: LinkState | StrayLink): string | undefined {
  if (link.kind === 'stray') return undefined;
  return link.kind === 'tun' ? link.name : underlayOf(link);
}

/** Tells whether the item goes with a link of this name. */
export function isCarriedBy(item: Item, link: string): boolean {
  return item.kind !== 'link' && linksNeededBy(item).includes(link);
}
