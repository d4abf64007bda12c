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

  /** The difference to the peers of the last call. Names are unique. */
  next(peers: readonly Peer<UdpPeerData>[], view: NetworkView): PeerDifference {
    const isSameView = this.#view === view;
    this.#view = view;
    const set: PeerEntry[] = [];
    const now = new Set<string>();
    for (const peer of peers) {
      const { name } = peer;
      const isSame = isSameView && this.#known.get(name) === peer;
      if (!isSame && claimsOwnAddress(peer, view)) continue;
      now.add(name);
      if (isSame) continue;
      this.#known.set(name, peer);
      set.push(entryOf(this.#options, peer, view));
    }
    const gone = now.size < this.#known.size ? this.#forget(now) : [];
    return { set, gone };
  }

  /** Forgets all but these. Returns the names of the others. */
  #forget(now: ReadonlySet<string>): readonly string[] {
    const gone = [...this.#known.keys()].filter((name) => !now.has(name));
    for (const name of gone) this.#known.delete(name);
    return gone;
  }
}

/** One that claims an address of this node would be taken for it. */
function claimsOwnAddress({ addresses }: Peer, { underlay }: NetworkView): boolean {
  return underlay.addresses.some(({ ip }) => addresses.includes(ip));
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
