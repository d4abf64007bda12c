import type { MessagePort } from 'node:worker_threads';
import type { Cidr, Family, Ip } from '@poplin/net';

/** What the thread starts with. */
export interface ThreadData {
  readonly port: MessagePort;
  /** Descriptor of the signal that says: there are orders. */
  readonly signal: number;
  /** Memory of the counters. */
  readonly counters: SharedArrayBuffer;
}

/** A peer as the thread needs it. */
export interface PeerEntry {
  readonly name: string;
  /** Its UDP port. */
  readonly port: number;
  /** Its underlay addresses, at most one per family. */
  readonly addresses: readonly Ip[];
  /** What packets from it may have as their source, and what is sent to it: its blocks and its own addresses. */
  readonly prefixes: readonly Cidr[];
  /** How packets of a family reach it; absent where they do not. */
  readonly paths: Readonly<Partial<Record<Family, PeerPath>>>;
}

/** How packets of a family reach a peer. */
export interface PeerPath {
  /** Family of the outer packets. */
  readonly over: Family;
  /** Longest inner packet that fits, bytes. */
  readonly mtu: number;
}

/** What the thread is told. Descriptors belong to the teller; -1 for none. */
export type Order =
  | { readonly kind: 'device'; readonly fd: number }
  | { readonly kind: 'socket'; readonly family: Family; readonly fd: number }
  | { readonly kind: 'icmp'; readonly family: Family; readonly fd: number }
  /** Peers that are new or have changed, and names of those that have gone. */
  | {
      readonly kind: 'peers';
      readonly set: readonly PeerEntry[];
      readonly gone: readonly string[];
    }
  /** Where packets from peers may go: the pods' prefixes and this node's own addresses. */
  | { readonly kind: 'destinations'; readonly prefixes: readonly Cidr[] }
  | { readonly kind: 'stop' };

/** What the thread tells. */
export type Report =
  /** It does not use this descriptor any more. */
  | { readonly kind: 'released'; readonly fd: number }
  /** The link of the device is gone; the descriptor is not used any more. */
  | { readonly kind: 'device-gone'; readonly fd: number };
