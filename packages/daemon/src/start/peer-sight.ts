import { ownerText } from '../attachment/facts.js';
import type { ClusterNetwork } from '../cluster/network.js';
import type { PeerHandlerComponents } from '../services/peers.js';
import type { LocalNode } from './local-node.js';
import type { NodePathCheck } from './path-check.js';
import type { Pods } from './pods.js';

/** What operators are told of peers and of the routes to them. */
export function peerSight(
  { host, backends, view, reconciler }: LocalNode,
  { attachments }: Pods,
  network: ClusterNetwork,
  pathCheck: NodePathCheck,
): PeerHandlerComponents & { readonly network: ClusterNetwork } {
  return {
    nodeId: host.nodeId,
    network,
    backends: () => backends.all,
    view,
    findings: () => pathCheck.findings.paths,
    routes: () => reconciler.routes,
    podWith: (ip) => {
      const record = attachments
        .list()
        .find(({ addresses }) => addresses.some((address) => address.ip === ip));
      return record && ownerText(record);
    },
  };
}
