import { destination4, isIpv4Packet, source4, ttlOf } from '../packet/ipv4.js';
import { destination6, hopLimitOf, isIpv6Packet, source6 } from '../packet/ipv6.js';
import { type CounterName, counterPlaces } from './counters.js';
import type { ForwardingTable } from './table.js';

/** The packet may come in, as one of IPv4 or of IPv6. */
export const admitted4 = -1;
export const admitted6 = -2;

const refusal = (name: CounterName): number => counterPlaces[name];
const malformed = refusal('in_malformed');
const spoofed = refusal('in_spoofed_source');
const foreign = refusal('in_foreign_destination');
/** Hops are used up: the one refusal that the sender is told of. */
export const expired: number = refusal('in_ttl_exceeded');

/**
 * The peer that sends from an address of the underlay; -1 for a stranger.
 *
 * @param names - socket addresses as bytes.
 * @param over - family of the underlay.
 */
export function senderOf(
  table: ForwardingTable,
  over: 0 | 1,
  names: Uint8Array,
  at: number,
): number {
  return table.senders[over].lookup(names, at + (over === 0 ? 4 : 8));
}

/** Tells whether a peer sent from the port that it has published. Another program of that host cannot. */
export function isPortOf(
  table: ForwardingTable,
  peer: number,
  names: Uint8Array,
  at: number,
): boolean {
  return (((names[at + 2] ?? 0) << 8) | (names[at + 3] ?? 0)) === table.ports[peer];
}

/**
 * Judges a packet that a peer sent: {@link admitted4}, {@link admitted6}, or the place of the counter for what is wrong with it. It must be
 * one whole packet; its source must be the peer's, and its destination a pod's or this node's, and no peer's.
 */
export function judge(
  table: ForwardingTable,
  peer: number,
  bytes: Uint8Array,
  at: number,
  length: number,
): number {
  if (isIpv4Packet(bytes, at, length)) {
    if (table.owners[0].lookup(bytes, at + source4) !== peer) return spoofed;
    if (!isForUs(table, 0, bytes, at + destination4)) return foreign;
    return ttlOf(bytes, at) <= 1 ? expired : admitted4;
  }
  if (isIpv6Packet(bytes, at, length)) {
    if (table.owners[1].lookup(bytes, at + source6) !== peer) return spoofed;
    if (!isForUs(table, 1, bytes, at + destination6)) return foreign;
    return hopLimitOf(bytes, at) <= 1 ? expired : admitted6;
  }
  return malformed;
}

function isForUs(table: ForwardingTable, family: 0 | 1, bytes: Uint8Array, at: number): boolean {
  return (
    table.destinations[family].lookup(bytes, at) >= 0 && table.owners[family].lookup(bytes, at) < 0
  );
}
