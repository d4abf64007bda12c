import type { Netns } from '../namespace/netns.js';

/**
 * One request to the kernel, ready to be sent: bytes and numbers, so it can be kept and batched. Make one by an encoder (`routeReplace`, `linkAdd`, …), or by hand for what has none.
 */
export interface NetlinkRequest {
  /** Message type, RTM_*. */
  readonly type: number;
  /** NLM_F_* without REQUEST and ACK, which the socket sets. */
  readonly flags: number;
  /** What follows the 16 bytes of the message header. */
  readonly body: Uint8Array;
  /** Length of the fixed header in the body, bytes; what follows are attributes. For messages about one of them. */
  readonly headerLength?: number;
  /** What it asks, for messages to people: `replace route 10.0.0.0/24`. */
  readonly operation: string;
  /** Namespaces whose descriptors are in the body; they stay open until the request has been carried out. */
  readonly namespaces?: readonly Netns[];
}

/**
 * Requests that the kernel carries out as a whole or not at all, in one datagram. Two messages enclose them, which it does not
 * confirm. Made by an encoder (`elementChange`).
 */
export interface NetlinkTransaction {
  readonly begin: NetlinkRequest;
  /** At least one. */
  readonly requests: readonly NetlinkRequest[];
  readonly end: NetlinkRequest;
  /** What it asks, for messages to people: `change elements of table inet poplin`. */
  readonly operation: string;
}
