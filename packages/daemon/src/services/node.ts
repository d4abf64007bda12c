import {
  type GetStatusRequest,
  GetStatusResponse,
  type ListNodesRequest,
  ListNodesResponse,
  Node,
} from '@poplin/api';
import type { ClusterNetwork } from '../cluster/network.js';
import { compareTexts, pageOf } from './page.js';
import { type PeerHandlerComponents, peerHandlers } from './peers.js';
import { timestampOf } from './timestamp.js';

/** What the handlers look at. */
export interface NodeServiceComponents extends PeerHandlerComponents {
  readonly network: ClusterNetwork;
  /** The status as it is now. */
  readonly status: () => Parameters<typeof GetStatusResponse.create>[0];
}

/** The handlers of poplin.node.v1.NodeService. */
export function nodeService(parts: NodeServiceComponents) {
  const { nodeId, network, status } = parts;
  return {
    ...peerHandlers(parts),
    async getStatus(_request: GetStatusRequest): Promise<GetStatusResponse> {
      return GetStatusResponse.create(status());
    },
    async listNodes(request: ListNodesRequest): Promise<ListNodesResponse> {
      const nodes = [...network.nodes].sort((a, b) => compareTexts(a.name, b.name));
      const page = pageOf(nodes, ({ name }) => name, compareTexts, request);
      const alive = new Set(network.alive.map(({ id }) => id));
      return ListNodesResponse.create({
        nodes: page.items.map((node) =>
          Node.create({
            name: node.name,
            addresses: [...node.addresses],
            backend: node.noBackend === undefined ? (node.backends[0]?.type ?? '') : '',
            noBackend: node.noBackend ?? '',
            version: node.version,
            alive: alive.has(node.id),
            blocks: [...network.blocksOf(node.id)],
            self: node.id === nodeId,
            createdAt: timestampOf(node.createdAt),
          }),
        ),
        nextPageToken: page.nextPageToken,
      });
    },
  };
}
