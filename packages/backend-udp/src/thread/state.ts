import type { Counters } from './counters.js';
import { ForwardingTable } from './table.js';

/** What the thread works with, as its orders have made it. Descriptors are -1 where there is none. */
export interface ThreadState {
  device: number;
  /** UDP sockets by family of the underlay. */
  readonly sockets: [ipv4: number, ipv6: number];
  /** ICMP sockets by family of the packet. */
  readonly icmp: [ipv4: number, ipv6: number];
  table: ForwardingTable;
  readonly counters: Counters;
}

/** The state before any order. */
export function emptyState(counters: Counters): ThreadState {
  const table = new ForwardingTable([], []);
  return { device: -1, sockets: [-1, -1], icmp: [-1, -1], table, counters };
}
