import {
  type BridgePortState,
  type KernelState,
  kernelState,
  type LinkState,
  type PlainSourceState,
  type PortMappingState,
  type RouteState,
  type ShapingState,
} from '@poplin/backend';
import {
  bitsOf,
  type Cidr,
  cidrLength,
  type Family,
  familyOf,
  hostCidr,
  type Ip,
  type Mac,
  macForIp,
} from '@poplin/net';
import { type BitLimit, effectiveBurst } from '@poplin/reconciler';
import type { AttachmentRecord } from './record.js';

/** Next hop of every pod. Nobody has the address; a permanent neighbour says where packets to it go. */
export const podGateway: Readonly<Record<Family, Ip>> = {
  ipv4: '169.254.1.1' as Ip,
  ipv6: 'fe80::1' as Ip,
};

/** MAC behind {@link podGateway}: the host's end of a routed pod, or the bridge. */
export const gatewayMac: Mac = macForIp(podGateway.ipv4);

/** Everything by default: the destination of a default route. */
export const defaultRoute: Readonly<Record<Family, Cidr>> = {
  ipv4: '0.0.0.0/0' as Cidr,
  ipv6: '::/0' as Cidr,
};

/** The configuration of a pod's own end, per address. */
export interface PodAddressPlan {
  readonly ip: Ip;
  /** Prefix length on the interface, bits: a routed pod has nobody on its link, a bridged one its block. */
  readonly length: number;
  readonly gateway: Ip;
}

/** What a pod's end is configured with. */
export function podAddresses(
  record: Pick<AttachmentRecord, 'mode' | 'addresses'>,
): PodAddressPlan[] {
  return record.addresses.map(({ ip, block }) => ({
    ip,
    length: record.mode === 'bridge' ? cidrLength(block) : bitsOf(familyOf(ip)),
    gateway: podGateway[familyOf(ip)],
  }));
}

/**
 * What the host needs for one pod, beside the link itself. The neighbour is permanent, so no packet
 * waits for ARP and no stale cache sends one to an earlier holder of the address.
 *
 * A pod of mode `bridge` needs no route of its own as long as its block is on its bridge; one from before the bridge changed its
 * name keeps the bridge that it hangs on.
 *
 * @param sources - this node's own addresses: what pods see as the sender when the node talks to them.
 * @param bridge - name of the bridge that has the blocks.
 */
export function hostStateOf(
  record: AttachmentRecord,
  sources: readonly Ip[],
  bridge: string,
): KernelState {
  const routed = record.mode === 'routed';
  const stray = !routed && record.bridge !== bridge;
  const link = routed ? record.hostLink : record.bridge;
  const portMappings = portMappingsOf(record);
  return kernelState({
    neighbours: record.addresses.map(({ ip }) => ({ link, ip, mac: record.mac })),
    links: stray ? [bridgeLink(record.bridge, record.mtu)] : [],
    bridgePorts: routed ? [] : [portOf(record)],
    routes:
      routed || stray
        ? record.addresses.map(({ ip }) => linkRoute(hostCidr(ip), link, sources))
        : [],
    portMappings,
    // What comes to a host port of 127.0.0.1 leaves with a loopback address until it is translated.
    loopbackRoutes: portMappings.some(({ ip }) => familyOf(ip) === 'ipv4') ? [{ link }] : [],
    plainSources: plainSourcesOf(record),
    // A bridge keeps its ports apart by itself.
    isolations: routed && record.isolation ? [{ link }] : [],
    shapings: shapingsOf(record),
  });
}

function portOf({ hostLink, bridge, hairpin, isolation }: AttachmentRecord): BridgePortState {
  return { link: hostLink, bridge, hairpin, isolated: isolation };
}

function plainSourcesOf({ addresses, plainDestinations }: AttachmentRecord): PlainSourceState[] {
  const states: PlainSourceState[] = [];
  for (const { ip } of addresses) {
    for (const dst of plainDestinations) {
      if (familyOf(dst) === familyOf(ip)) states.push({ source: ip, dst });
    }
  }
  return states;
}

function shapingsOf({
  hostLink,
  bandwidth: { ingress, egress },
}: AttachmentRecord): ShapingState[] {
  if (!ingress && !egress) return [];
  const bucket = (limit: BitLimit) => ({ rate: limit.rate, burst: effectiveBurst(limit) });
  return [
    {
      link: hostLink,
      ...(ingress && { toPod: bucket(ingress) }),
      ...(egress && { fromPod: bucket(egress) }),
    },
  ];
}

/** The ports of the node that lead to a pod: each mapping once per address that it fits. */
export function portMappingsOf(
  record: Pick<AttachmentRecord, 'mode' | 'addresses' | 'portMappings'>,
): PortMappingState[] {
  if (record.portMappings.length === 0) return [];
  return record.addresses.flatMap(({ ip, block }) =>
    record.portMappings
      .filter(({ family = familyOf(ip) }) => family === familyOf(ip))
      .map(({ protocol, hostIp, hostPort, containerPort }) => ({
        protocol,
        ...(hostIp !== undefined && { hostIp }),
        hostPort,
        ip,
        port: containerPort,
        hairpin: record.mode === 'bridge' ? block : hostCidr(ip),
      })),
  );
}

/**
 * What the host needs for the blocks that it owns. In mode `routed`, an address of a block that no pod has
 * must not follow the default route; in mode `bridge` the block is on the bridge.
 */
export function blockStateOf(
  blocks: readonly Cidr[],
  bridge: { readonly name: string; readonly mtu: number } | undefined,
  sources: readonly Ip[],
): KernelState {
  if (!bridge) {
    return kernelState({ routes: blocks.map((dst): RouteState => ({ type: 'blackhole', dst })) });
  }
  return kernelState({
    links: [bridgeLink(bridge.name, bridge.mtu)],
    routes: blocks.map((dst) => linkRoute(dst, bridge.name, sources)),
  });
}

function bridgeLink(name: string, mtu: number): LinkState {
  return { name, kind: 'bridge', mtu, mac: gatewayMac };
}

function linkRoute(dst: Cidr, link: string, sources: readonly Ip[]): RouteState {
  const source = sources.find((ip) => familyOf(ip) === familyOf(dst));
  return source ? { type: 'unicast', dst, link, source } : { type: 'unicast', dst, link };
}
