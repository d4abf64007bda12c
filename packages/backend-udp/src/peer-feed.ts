import type { NetworkView, Peer } from '@poplin/backend';
import { families, hostCidr } from '@poplin/net';
import type { UdpOptions } from './options.js';
import { pathTo } from './path.js';
import type { UdpPeerData } from './peer-data.js';
import type { PeerEntry, PeerPath } from './thread/orders.js';

/** What has changed since the last time. */
export interface PeerDifference {
  readonly set: readonly PeerEntry[];
  readonly gone: readonly string[];
}

/** Tells the difference between one set of peers and the next, as the thread needs it. A peer that is the same value is not looked at. */
export class PeerFeed {
  readonly #options: UdpOptions;
  readonly #known = new Map<string, Peer<UdpPeerData>>();
  #view: NetworkView | undefined;

  constructor(options: UdpOptions) {
    this.#options = options;
  }

  /** The difference to the peers of the last call. */
  next(peers: readonly Peer<UdpPeerData>[], view: NetworkView): PeerDifference {
    const own = new Set(view.underlay.addresses.map(({ ip }) => ip));
    // One that claims an address of this node would be taken for it.
    const now = new Map(
      peers
        .filter(({ addresses }) => !addresses.some((ip) => own.has(ip)))
        .map((peer) => [peer.name, peer]),
    );
    const isSameView = this.#view === view;
    this.#view = view;
    const gone = [...this.#known.keys()].filter((name) => !now.has(name));
    for (const name of gone) this.#known.delete(name);
    const set: PeerEntry[] = [];
    for (const [name, peer] of now) {
      if (isSameView && this.#known.get(name) === peer) continue;
      this.#known.set(name, peer);
      set.push(entryOf(this.#options, peer, view));
    }
    return { set, gone };
  }
}

function entryOf(options: UdpOptions, peer: Peer<UdpPeerData>, view: NetworkView): PeerEntry {
  const paths = families.flatMap((family): [string, PeerPath][] => {
    const path = pathTo(options, peer, family, view);
    return path.kind === 'tunnel' ? [[family, { over: path.over, mtu: path.mtu }]] : [];
  });
  return {
    name: peer.name,
    port: peer.data.port,
    addresses: peer.addresses,
    prefixes: [...peer.blocks, ...peer.addresses.map(hostCidr)],
    paths: Object.fromEntries(paths),
  };
}
