import { type Backend, type BackendHost, type RunningBackend, warnOfMtu } from '@poplin/backend';
import { vtepMacs } from './mac.js';
import { type VxlanOptions, vxlanOptions } from './options.js';
import { type VxlanPeerData, vxlanPeerData } from './peer-data.js';
import { planHost, planPeer } from './plan.js';
import { overhead, type Vtep, vxlanLinks } from './tunnel.js';

/**
 * vxlan: Ethernet in UDP (RFC 7348), by the kernel. Nothing is learned and nothing is flooded: a neighbour and an fdb entry for each
 * peer say where it is.
 */
export const vxlan: Backend<VxlanOptions, VxlanPeerData> = {
  type: 'vxlan',
  options: vxlanOptions,
  peerData: vxlanPeerData,
  shared: ({ vni, port }) => ({ vni, port }),
  async start(host: BackendHost, options: VxlanOptions): Promise<RunningBackend<VxlanPeerData>> {
    const vtep: Vtep = { options, macs: vtepMacs(host.nodeId), linkSuffix: host.linkSuffix };
    warnOfMtu(vxlanLinks(vtep, host), options.mtu, host);
    return {
      published: { vni: options.vni, port: options.port, macs: vtep.macs },
      overhead: (view) => overhead(vtep, view),
      planHost: (view) => planHost(vtep, view),
      planPeer: (peer, view) => planPeer(vtep, peer, view),
      stop: async () => {},
    };
  },
};
