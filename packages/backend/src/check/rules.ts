import type { Cidr, Ip } from '@poplin/net';

/** What a node knows that limits what a backend may ask for. */
export interface BackendRules {
  /** Prefixes that the addresses of all pods are from. */
  readonly pools: readonly Cidr[];
  /** Blocks of this node: traffic to them is not a backend's business. */
  readonly ownBlocks: readonly Cidr[];
  /** Underlay addresses of peers: those that the node table may lead to. */
  readonly peerAddresses: readonly Ip[];
  /** What stands behind the names of the backend's links: empty or `.b`; see `BackendHost`. */
  readonly linkSuffix: string;
}
