import { type Backend, type BackendHost, type RunningBackend, warnOfMtu } from '@poplin/backend';
import { type IpipOptions, ipipOptions } from './options.js';
import { type IpipPeerData, ipipPeerData } from './peer-data.js';
import { planHost, planPeer } from './plan.js';
import { overhead, type TunnelEnd, tunnelLinks } from './tunnel.js';

/** ipip: IP in IP, by the kernel. The least overhead of all tunnels, and no port that a NAT could look at. */
export const ipip: Backend<IpipOptions, IpipPeerData> = {
  type: 'ipip',
  options: ipipOptions,
  peerData: ipipPeerData,
  shared: () => ({}),
  async start(host: BackendHost, options: IpipOptions): Promise<RunningBackend<IpipPeerData>> {
    const end: TunnelEnd = { options, linkSuffix: host.linkSuffix };
    warnOfMtu(tunnelLinks(end, host), options.mtu, host);
    return {
      published: {},
      overhead: (view) => overhead(end, view),
      planHost: (view) => planHost(end, view),
      planPeer: (peer, view) => planPeer(end, peer, view),
      stop: async () => {},
    };
  },
};
