import type { Backend, BackendHost, NetworkView, Peer, RunningBackend } from '@poplin/backend';
import { type Cidr, hostCidr } from '@poplin/net';
import type { Netns } from '@poplin/netlink';
import { Forwarder } from './forwarder/forwarder.js';
import { type UdpOptions, udpOptions } from './options.js';
import { linkMtu, overhead } from './path.js';
import { type UdpPeerData, udpPeerData } from './peer-data.js';
import { PeerFeed } from './peer-feed.js';
import { planHost, planPeer, type Tunnel } from './plan.js';

/** udp: IP packets in UDP, carried by a thread of the daemon. For kernels and underlays that have nothing better. */
export const udp: Backend<UdpOptions, UdpPeerData> = {
  type: 'udp',
  options: udpOptions,
  peerData: udpPeerData,
  shared: ({ port }) => ({ port }),
  start: (host, options) => startUdp(host, options),
};

/**
 * Starts the backend.
 *
 * @param netns - namespace of the link and the sockets; that of the calling thread by default.
 * @throws {UdpBackendError} NO_TUN. @throws {NetlinkError} EPERM and others that do not pass by themselves.
 */
export async function startUdp(
  host: BackendHost,
  options: UdpOptions,
  netns?: Netns,
): Promise<RunningBackend<UdpPeerData>> {
  const { log, underlay } = host;
  const { port } = options;
  const tunnel: Tunnel = { options, link: `poplin.udp${host.linkSuffix}` };
  warnOfMtu(tunnel, host);
  const forwarder = await Forwarder.start({
    link: tunnel.link,
    port,
    log,
    ...(netns && { netns }),
  });
  const feed = new PeerFeed(options);
  let known: NetworkView | undefined;
  const follow = (view: NetworkView): void => {
    if (view === known) return;
    known = view;
    forwarder.setUnderlay(view.underlay.addresses.map(({ ip }) => ip));
    forwarder.setDestinations(destinationsOf(view));
  };
  forwarder.setUnderlay(underlay.addresses.map(({ ip }) => ip));
  return {
    published: { port },
    overhead: (view) => overhead(options, view),
    planHost: (view) => planHost(tunnel, view),
    planPeer: (peer, view) => planPeer(tunnel, peer, view),
    peersChanged(peers: readonly Peer<UdpPeerData>[], view: NetworkView) {
      follow(view);
      const { set, gone } = feed.next(peers, view);
      forwarder.setPeers(set, gone);
    },
    onChange: (callback) => forwarder.onReopened(callback),
    counters: () => forwarder.counters(),
    stop: () => forwarder.stop(),
  };
}

/** Where packets from peers may go: to pods, and to this node. */
function destinationsOf({ pools, underlay }: NetworkView): readonly Cidr[] {
  return [...pools, ...underlay.addresses.map(({ ip }) => hostCidr(ip))];
}

/** The operator wants more than the underlay carries: the tunnel has what fits, and the log says so. */
function warnOfMtu({ options, link }: Tunnel, { underlay, log }: BackendHost): void {
  const mtu = linkMtu(options, underlay);
  if (options.mtu === undefined || mtu >= options.mtu) return;
  log.warn(
    { link, wanted: options.mtu, mtu, underlay: underlay.link, underlayMtu: underlay.mtu },
    `option mtu asks for ${options.mtu} bytes, ${underlay.link} lets ${link} have ${mtu}`,
  );
}
