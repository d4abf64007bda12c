import { type Family, familyOf, hostCidr, type Ip } from '@poplin/net';
import { nameWords, socketAddressBytes } from '@poplin/netlink/packets';
import { PrefixTable, type TablePrefix, tablePrefix } from '../packet/prefix-table.js';
import type { PeerEntry, PeerPath } from './orders.js';

/** Place of each family where something has one for each. */
export const familyPlace: Readonly<Record<Family, 0 | 1>> = { ipv4: 0, ipv6: 1 };

/** Length of the socket addresses of each family, bytes. */
export const nameLengths = [16, 28] as const;

type Pair<T> = readonly [ipv4: T, ipv6: T];

/** A peer whose texts have been read, so that a new table costs little. */
export interface TablePeer {
  readonly prefixes: readonly TablePrefix[];
  readonly senders: readonly TablePrefix[];
  readonly port: number;
  /** By family of the underlay: its socket address as words; absent where it has none. */
  readonly names: Pair<Int32Array | undefined>;
  readonly paths: Pair<PeerPath | undefined>;
}

/** Reads the texts of a peer. */
export function tablePeer({ prefixes, addresses, port, paths }: PeerEntry): TablePeer {
  return {
    prefixes: prefixes.map(tablePrefix),
    senders: addresses.map((address) => tablePrefix(hostCidr(address))),
    port,
    names: both((family) => {
      const address = addresses.find((ip) => familyOf(ip) === family);
      return address && nameOf(address, port);
    }),
    paths: both((family) => paths[family]),
  };
}

/** Who has which addresses and where they are, in arrays: peers have numbers, what belongs to one of them is at its place. Made anew when a peer changes. */
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

  constructor(peers: readonly TablePeer[], destinations: readonly TablePrefix[]) {
    const owners = peers.map(({ prefixes }) => prefixes);
    const senders = peers.map((peer) => peer.senders);
    this.owners = both((family) => new PrefixTable(family, owners));
    this.senders = both((family) => new PrefixTable(family, senders));
    this.destinations = both((family) => new PrefixTable(family, [destinations]));
    this.ports = Uint16Array.from(peers, ({ port }) => port);
    this.names = [namesOf(0, peers), namesOf(1, peers)];
    const paths = peers.flatMap((peer) => peer.paths);
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

function nameOf(address: Ip, port: number): Int32Array {
  const bytes = new Uint8Array(4 * nameWords);
  bytes.set(socketAddressBytes({ address, port }));
  return new Int32Array(bytes.buffer);
}

function namesOf(over: 0 | 1, peers: readonly TablePeer[]): Int32Array {
  const words = new Int32Array(nameWords * peers.length);
  for (const [i, { names }] of peers.entries()) {
    const name = names[over];
    if (name) words.set(name, nameWords * i);
  }
  return words;
}
