import { type Backend, kernelState } from '@poplin/backend';
import { type HubOptions, hubOptions } from './options.js';
import { type HubPeerData, hubPeerData } from './peer-data.js';
import { planPeer } from './plan.js';

/** hub: all traffic between nodes goes by one of them, where it can be watched or limited. */
export const hub: Backend<HubOptions, HubPeerData> = {
  type: 'hub',
  options: hubOptions,
  peerData: hubPeerData,
  async start(host, options) {
    const role = host.nodeName === options.hub.node ? 'hub' : 'spoke';
    host.log.info({ role, hub: options.hub.node }, 'hub and spokes');
    return {
      published: {},
      overhead: () => ({ ipv4: 0, ipv6: 0 }),
      planHost: () => kernelState({}),
      planPeer: (peer, view) => planPeer(options, host.nodeName, peer, view),
      stop: async () => {},
    };
  },
};
