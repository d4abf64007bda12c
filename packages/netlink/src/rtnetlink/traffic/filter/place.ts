import { checkIfindex, checkNumber } from '../../encode-request.js';
import { handleNumber } from '../handle.js';
import { knownNumber } from '../known-number.js';
import { encodeTrafficHeader } from '../message.js';
import { filterProtocols } from './attributes.js';
import type { FilterPlace, FilterProtocol } from './types.js';

/**
 * The header that says which filter is meant: `tcm_info` holds the priority and, in network order, the protocol.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT.
 */
export function encodeFilterPlace(
  operation: string,
  { ifindex, parent, priority = 0, handle = 0 }: FilterPlace,
  protocol: FilterProtocol | undefined,
): Uint8Array {
  const number =
    protocol === undefined ? 0 : knownNumber(operation, 'protocol', filterProtocols, protocol);
  return encodeTrafficHeader({
    ifindex: checkIfindex(operation, ifindex),
    parent: handleNumber(operation, parent),
    handle: checkNumber(operation, 'a handle', handle, 0, 0xffff_ffff),
    info: checkNumber(operation, 'a priority', priority, 0, 0xffff) * 0x1_0000 + swapped(number),
  });
}

/** Priority and protocol in a header. */
export function decodeFilterInfo(info: number): {
  readonly priority: number;
  readonly protocol: FilterProtocol | number;
} {
  const number = swapped(info & 0xffff);
  return { priority: info >>> 16, protocol: filterProtocols.nameOf(number) ?? number };
}

/** htons() of a little-endian machine; on a big-endian one the two orders are the same. */
function swapped(number: number): number {
  const bytes = new Uint8Array(new Uint16Array([number]).buffer);
  return ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
}
