import { type Cidr, type Family, families, familyOf, hostCidr } from '@poplin/net';
import { nameWords, socketAddressBytes } from '@poplin/netlink/packets';
import { PrefixTable } from '../packet/prefix-table.js';
import type { PeerEntry } from './orders.js';

/** Place of each family where something has one for each. */
export const familyPlace: Readonly<Record<Family, 0 | 1>> = { ipv4: 0, ipv6: 1 };

/** Length of the socket addresses of each family, bytes. */
export const nameLengths = [16, 28] as const;

type Pair<T> = readonly [ipv4: T, ipv6: T];

/**
 * Who has which addresses and where they are, in arrays: peers have numbers, what belongs to one of them is at its place. Made anew
 * when a peer changes.
 */
export class ForwardingTable {
  /** By family of the packet: the peer that has an address. */
  readonly owners: Pair<PrefixTable>;
  /** By family of the underlay: the peer that sends from an address. */
  readonly senders: Pair<PrefixTable>;
  /** By family of the packet: what peers may send to. */
  readonly destinations: Pair<PrefixTable>;
  /** UDP port of each peer. */
  readonly ports: Uint16Array;
  /** By family of the underlay: where each peer is, as words of a socket address. */
  readonly names: Pair<Int32Array>;
  /** At {@link pathOf}: place of the underlay's family, -1 where there is no path; longest packet, bytes. */
  readonly overs: Int8Array;
  readonly mtus: Int32Array;

  constructor(peers: readonly PeerEntry[], destinations: readonly Cidr[]) {
    const owners = peers.flatMap((peer, i) => peer.prefixes.map((prefix) => [prefix, i] as const));
    const senders = peers.flatMap((peer, i) =>
      peer.addresses.map((address) => [hostCidr(address), i] as const),
    );
    const accepted = destinations.map((prefix) => [prefix, 0] as const);
    this.owners = both((family) => new PrefixTable(family, owners));
    this.senders = both((family) => new PrefixTable(family, senders));
    this.destinations = both((family) => new PrefixTable(family, accepted));
    this.ports = Uint16Array.from(peers, ({ port }) => port);
    this.names = both((family) => namesOf(family, peers));
    const paths = peers.flatMap((peer) => families.map((family) => peer.paths[family]));
    this.overs = Int8Array.from(paths, (path) => (path ? familyPlace[path.over] : -1));
    this.mtus = Int32Array.from(paths, (path) => path?.mtu ?? 0);
  }
}

/** Place of the path of a family (by {@link familyPlace}) to a peer. */
export function pathOf(peer: number, family: 0 | 1): number {
  return 2 * peer + family;
}

function both<T>(make: (family: Family) => T): Pair<T> {
  return [make('ipv4'), make('ipv6')];
}

function namesOf(family: Family, peers: readonly PeerEntry[]): Int32Array {
  const bytes = new Uint8Array(4 * nameWords * peers.length);
  for (const [i, { addresses, port }] of peers.entries()) {
    const address = addresses.find((ip) => familyOf(ip) === family);
    if (address) bytes.set(socketAddressBytes({ address, port }), 4 * nameWords * i);
  }
  return new Int32Array(bytes.buffer);
}
