import type { NetworkView, Peer } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';

/** The node's own address on its underlay `eth0`, and the length of the prefix that all peers are in. */
export const own = { ip: parseIp('192.168.0.1'), length: 16 } as const;

/** What the node knows beside its peers. */
export const view: NetworkView = {
  underlay: {
    link: 'eth0',
    mtu: 1500,
    addresses: [{ family: 'ipv4', ip: own.ip, onLink: parseCidr('192.168.0.0/16') }],
  },
  pools: [parseCidr('10.0.0.0/8')],
};

/**
 * A node with an address and one block of its own, on the same link.
 *
 * @param number - below 65,000.
 * @param edition - another one is another block and another VTEP MAC, as of a node that was set up anew.
 */
export function syntheticPeer(number: number, edition = 0): Peer {
  const [high, low] = [number >> 8, number & 255];
  const mac = (first: string): string =>
    [first, '00', edition, high, low, '01'].map(hexByte).join(':');
  return {
    name: `node-${number}`,
    addresses: [parseIp(`192.168.${1 + high}.${low}`)],
    blocks: [parseCidr(`10.${high}.${low}.${(edition % 4) * 64}/26`)],
    // All that any backend publishes with its default options: each reads what is its own.
    data: { vni: 1, port: 8472, macs: { ipv4: mac('02'), ipv6: mac('06') } },
  };
}

/** The peer that changes in a round, and what it is then: each once, then each once more. */
export function changedPeer(size: number, round: number): Peer {
  return syntheticPeer(round % size, 1 + Math.floor(round / size));
}

/** All peers as they are after so many rounds. */
export function peersAfter(size: number, rounds: number): readonly Peer[] {
  const peers = Array.from({ length: size }, (_, number) => syntheticPeer(number));
  for (let round = 0; round < rounds; round++) peers[round % size] = changedPeer(size, round);
  return peers;
}

function hexByte(byte: number | string): string {
  return typeof byte === 'string' ? byte : byte.toString(16).padStart(2, '0');
}
