import type { Backend, BackendHost, RunningBackend } from '@poplin/backend';
import { kernelState } from '@poplin/backend';
import { type HostGwOptions, hostGwOptions } from './options.js';
import { type HostGwPeerData, hostGwPeerData } from './peer-data.js';
import { planPeer } from './plan.js';

/**
 * host-gw: every node is the next hop for its own blocks. No encapsulation, so no overhead; all nodes
 * must share one link.
 */
export const hostGw: Backend<HostGwOptions, HostGwPeerData> = {
  type: 'host-gw',
  options: hostGwOptions,
  peerData: hostGwPeerData,
  shared: () => ({}),
  async start(_host: BackendHost): Promise<RunningBackend<HostGwPeerData>> {
    return {
      published: {},
      overhead: () => ({ ipv4: 0, ipv6: 0 }),
      planHost: () => kernelState({}),
      planPeer,
      stop: async () => {},
    };
  },
};
