import type { NetworkView, Peer } from '@poplin/backend';
import { type Cidr, cidrOf, familyOf, parseCidr, parseIp } from '@poplin/net';
import { ipipOptions } from '../options.js';
import type { TunnelEnd } from '../tunnel.js';

/** The pools of a dual-stack cluster. */
export const pools: readonly Cidr[] = ['10.244.0.0/16', 'fd00:10::/64'].map(parseCidr);

/** What plans of a node with these addresses are made from; each has a /24 or a /64 on the link. */
export function viewOf(mtu: number, ...addresses: readonly string[]): NetworkView {
  const on = addresses.map(parseIp).map((ip) => {
    const family = familyOf(ip);
    return { family, ip, onLink: cidrOf(ip, family === 'ipv4' ? 24 : 64) };
  });
  return { underlay: { link: 'eth0', mtu, addresses: on }, pools };
}

/** This node's end of the tunnels, with options as an operator writes them. */
export function endOf(options: unknown = {}, linkSuffix = ''): TunnelEnd {
  return { options: ipipOptions.parse(options), linkSuffix };
}

/** Another node of the cluster. */
export function peerOf(
  name: string,
  addresses: readonly string[],
  blocks: readonly string[],
  mtu?: number,
): Peer {
  return {
    name,
    addresses: addresses.map(parseIp),
    blocks: blocks.map(parseCidr),
    data: {},
    ...(mtu !== undefined && { mtu }),
  };
}
