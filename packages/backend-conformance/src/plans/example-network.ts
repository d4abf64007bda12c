import type { BackendHost, BackendRules, NetworkView, Peer, Underlay } from '@poplin/backend';
import { parseCidr, parseIp, parseMac, silentLog } from '@poplin/net';

/** Prefixes of all pods. */
export const pools = [parseCidr('10.244.0.0/16'), parseCidr('fd00:10:244::/56')];

/** Blocks of this node. */
export const ownBlocks = [parseCidr('10.244.1.0/26'), parseCidr('fd00:10:244:1::/122')];

/** The underlay of a node, `eth0`: 192.168.7.N/24 and fd77::N/64. */
export function underlayOf(node: number, mtu = 1500): Underlay {
  return {
    link: 'eth0',
    mtu,
    mac: parseMac(`02:00:00:00:00:${hex(node)}`),
    addresses: [
      { family: 'ipv4', ip: parseIp(`192.168.7.${node}`), onLink: parseCidr('192.168.7.0/24') },
      { family: 'ipv6', ip: parseIp(`fd77::${node}`), onLink: parseCidr('fd77::/64') },
    ],
  };
}

/** What plans are made from, on the node n1. */
export const view: NetworkView = { underlay: underlayOf(1), pools };

/** A host for a backend to run on. */
export function hostOf(node: number, linkSuffix = ''): BackendHost {
  const nodeId = `00000000-0000-4000-8000-0000000000${hex(node)}`;
  return { nodeName: `n${node}`, nodeId, underlay: underlayOf(node), linkSuffix, log: silentLog };
}

/** A peer as far as the registry knows it: on the link of n1, or behind a router. */
export function peerOf<PeerData>(
  node: number,
  data: PeerData,
  place: 'on link' | 'behind a router' = 'on link',
): Peer<PeerData> {
  const [four, six] = place === 'on link' ? ['192.168.7', 'fd77::'] : ['192.168.8', 'fd78::'];
  return {
    name: `n${node}`,
    addresses: [parseIp(`${four}.${node}`), parseIp(`${six}${node}`)],
    mtu: 1500,
    blocks: [
      parseCidr(`10.244.${node}.0/26`),
      parseCidr(`10.244.${node}.128/26`),
      parseCidr(`fd00:10:244:${node}::/122`),
    ],
    data,
  };
}

/** What the node n1 lets a backend ask for, with these peers. */
export function rulesOf(peers: readonly Peer[], linkSuffix = ''): BackendRules {
  return { pools, ownBlocks, linkSuffix, peerAddresses: peers.flatMap((peer) => peer.addresses) };
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0');
}
