import type { Backend, BackendHost, RunningBackend } from '@poplin/backend';
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
  async start(host: BackendHost, options: VxlanOptions): Promise<RunningBackend<VxlanPeerData>> {
    const vtep: Vtep = { options, macs: vtepMacs(host.nodeId), linkSuffix: host.linkSuffix };
    warnOfMtu(vtep, host);
    return {
      published: { vni: options.vni, port: options.port, macs: vtep.macs },
      overhead: (view) => overhead(vtep, view),
      planHost: (view) => planHost(vtep, view),
      planPeer: (peer, view) => planPeer(vtep, peer, view),
      stop: async () => {},
    };
  },
};

/** The operator wants more than the underlay carries: the tunnel has what fits, and the log says so. */
function warnOfMtu(vtep: Vtep, { underlay, log }: BackendHost): void {
  const wanted = vtep.options.mtu;
  if (wanted === undefined) return;
  for (const { name, mtu } of vxlanLinks(vtep, { underlay, pools: [] })) {
    if (mtu >= wanted) continue;
    const facts = { link: name, wanted, mtu, underlay: underlay.link, underlayMtu: underlay.mtu };
    log.warn(
      facts,
      `option mtu asks for ${wanted} bytes, ${underlay.link} lets ${name} have ${mtu}`,
    );
  }
}
