import { type Backend, kernelState } from '@poplin/backend';
import { type Options, optionsSchema } from './options.js';
import { type PeerData, peerDataSchema } from './peer-data.js';
import { planPeer } from './plan.js';

/** The backend: what the daemon loads by the name of this package. */
export const backend: Backend<Options, PeerData> = {
  type: '__TYPE__',
  options: optionsSchema,
  peerData: peerDataSchema,
  async start(host, options) {
    host.log.info({ mtu: options.mtu ?? host.underlay.mtu }, 'started');
    return {
      published: { via: host.underlay.addresses.map(({ ip }) => ip) },
      overhead: () => ({ ipv4: 0, ipv6: 0 }),
      planHost: () => kernelState({}),
      planPeer: (peer, view) => planPeer(options, peer, view),
      stop: async () => {},
    };
  },
};
