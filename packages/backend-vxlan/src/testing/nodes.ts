import type { NetworkView, Peer, Underlay } from '@poplin/backend';
import { type Cidr, cidrOf, familyOf, parseCidr, parseIp } from '@poplin/net';
import { vtepMacs } from '../mac.js';
import { vxlanOptions } from '../options.js';
import type { VxlanPeerData } from '../peer-data.js';
import type { Vtep } from '../tunnel.js';

/** The pools of a dual-stack cluster. */
export const pools: readonly Cidr[] = ['10.244.0.0/16', 'fd00:10::/64'].map(parseCidr);

/** An underlay with these addresses, each with a /24 or a /64 on the link. */
export function underlayOf(mtu: number, ...addresses: readonly string[]): Underlay {
  return {
    link: 'eth0',
    mtu,
    addresses: addresses.map(parseIp).map((ip) => {
      const family = familyOf(ip);
      return { family, ip, onLink: cidrOf(ip, family === 'ipv4' ? 24 : 64) };
    }),
  };
}

/** What plans of a node with these addresses are made from. */
export function viewOf(mtu: number, ...addresses: readonly string[]): NetworkView {
  return { underlay: underlayOf(mtu, ...addresses), pools };
}

/** This node's VTEP, with options as an operator writes them. */
export function vtepOf(options: unknown = {}, linkSuffix = ''): Vtep {
  return { options: vxlanOptions.parse(options), macs: vtepMacs('this'), linkSuffix };
}

/** A node of the cluster as it would publish itself with these options. */
export function peerOf(
  name: string,
  addresses: readonly string[],
  blocks: readonly string[],
  more: { readonly mtu?: number; readonly vni?: number; readonly port?: number } = {},
): Peer<VxlanPeerData> {
  const { mtu, vni = 1, port = 8472 } = more;
  return {
    name,
    addresses: addresses.map(parseIp),
    blocks: blocks.map(parseCidr),
    data: { vni, port, macs: vtepMacs(name) },
    ...(mtu !== undefined && { mtu }),
  };
}
