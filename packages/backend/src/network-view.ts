import type { Cidr, Family, Ip, Mac } from '@poplin/net';

/** What plans are made from, beside the peers. */
export interface NetworkView {
  /** The interface that reaches other nodes, as it is now. */
  readonly underlay: Underlay;
  /** Prefixes that the addresses of all pods of the cluster are from. */
  readonly pools: readonly Cidr[];
}

/** The interface that reaches other nodes. */
export interface Underlay {
  /** Interface name. */
  readonly link: string;
  /** MTU in bytes. */
  readonly mtu: number;
  /** MAC of the interface; absent where it has none. */
  readonly mac?: Mac;
  /** This node's address per family, with its on-link prefix. */
  readonly addresses: readonly UnderlayAddress[];
}

/** An address of the underlay. */
export interface UnderlayAddress {
  readonly family: Family;
  readonly ip: Ip;
  /** The prefix that the kernel takes as on-link because of this address. */
  readonly onLink: Cidr;
}

/** Another node of the cluster, as the registry tells of it. */
export interface Peer<PeerData = unknown> {
  /** Name of the node. */
  readonly name: string;
  /** Its underlay addresses, at most one per family. */
  readonly addresses: readonly Ip[];
  /** MTU of its underlay, bytes; absent when it has not said. */
  readonly mtu?: number;
  /** The blocks that it owns. */
  readonly blocks: readonly Cidr[];
  /** What it published, parsed by `peerData` of the backend. */
  readonly data: PeerData;
}
