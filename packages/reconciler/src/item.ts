import type {
  AddressState,
  ForwardState,
  IsolationState,
  KernelState,
  LinkState,
  LoopbackRouteState,
  MasqueradeState,
  NeighbourState,
  PlainSourceState,
  PortMappingState,
  RouteState,
  ShapingState,
  SysctlState,
  TunnelState,
} from '@poplin/backend';
import { familyOf } from '@poplin/net';

/** One object of a {@link KernelState}, with its kind. */
export type Item =
  | { readonly kind: 'sysctl'; readonly value: SysctlState }
  | { readonly kind: 'link'; readonly value: LinkState }
  | { readonly kind: 'address'; readonly value: AddressState }
  | { readonly kind: 'neighbour'; readonly value: NeighbourState }
  | { readonly kind: 'route'; readonly value: RouteState }
  | { readonly kind: 'tunnel'; readonly value: TunnelState }
  | { readonly kind: 'forward'; readonly value: ForwardState }
  | { readonly kind: 'masquerade'; readonly value: MasqueradeState }
  | { readonly kind: 'plainSource'; readonly value: PlainSourceState }
  | { readonly kind: 'portMapping'; readonly value: PortMappingState }
  | { readonly kind: 'isolation'; readonly value: IsolationState }
  | { readonly kind: 'loopbackRoute'; readonly value: LoopbackRouteState }
  | { readonly kind: 'shaping'; readonly value: ShapingState };

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
    case 'address':
      return `address ${item.value.ip}/${item.value.length} dev ${item.value.link}`;
    case 'neighbour':
      return `neighbour ${item.value.ip} dev ${item.value.link}`;
    case 'route':
      return `route ${item.value.dst}`;
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

/** Text that is equal exactly when two items of one key ask for the same. */
export function fingerprintOf(item: Item): string {
  const members = Object.entries(item.value).filter(([, v]) => v !== undefined && v !== false);
  return JSON.stringify(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The items of a state, in the order in which they have to be made. */
export function itemsOf(state: KernelState): Item[] {
  return [
    ...state.sysctls.map((value): Item => ({ kind: 'sysctl', value })),
    ...state.links.map((value): Item => ({ kind: 'link', value })),
    ...state.addresses.map((value): Item => ({ kind: 'address', value })),
    ...state.neighbours.map((value): Item => ({ kind: 'neighbour', value })),
    ...state.routes.map((value): Item => ({ kind: 'route', value })),
    ...state.tunnels.map((value): Item => ({ kind: 'tunnel', value })),
    ...state.forwards.map((value): Item => ({ kind: 'forward', value })),
    ...state.masquerade.map((value): Item => ({ kind: 'masquerade', value })),
    ...state.plainSources.map((value): Item => ({ kind: 'plainSource', value })),
    ...state.portMappings.map((value): Item => ({ kind: 'portMapping', value })),
    ...state.isolations.map((value): Item => ({ kind: 'isolation', value })),
    ...state.loopbackRoutes.map((value): Item => ({ kind: 'loopbackRoute', value })),
    ...state.shapings.map((value): Item => ({ kind: 'shaping', value })),
  ];
}

const makeOrder: readonly ItemKind[] = [
  'sysctl',
  'link',
  'address',
  'neighbour',
  'route',
  'tunnel',
  'forward',
  'masquerade',
  'plainSource',
  'portMapping',
  'isolation',
  'loopbackRoute',
  'shaping',
];

/** Orders items so that what others need comes first: a route needs its link. */
export function byMakeOrder(a: { readonly item: Item }, b: { readonly item: Item }): number {
  return makeOrder.indexOf(a.item.kind) - makeOrder.indexOf(b.item.kind);
}

/** Name of the link that must exist before the item can; absent where there is none. */
export function linkNeededBy(item: Item): string | undefined {
  switch (item.kind) {
    case 'address':
    case 'neighbour':
    case 'loopbackRoute':
    case 'shaping':
      return item.value.link;
    case 'route':
      return item.value.type === 'unicast' ? item.value.link : undefined;
    default:
      return undefined;
  }
}
