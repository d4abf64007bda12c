/**
 * Adds up bytes as 16-bit numbers, for the Internet checksum (RFC 1071). An odd byte at the end counts as if a zero followed.
 *
 * @param sum - what was added up so far; at most 2^32 stays exact for any packet.
 */
export function addUp(bytes: Uint8Array, at: number, length: number, sum = 0): number {
  let total = sum;
  const end = at + length;
  for (let i = at; i + 1 < end; i += 2) total += u16(bytes, i);
  return length % 2 === 1 ? total + ((bytes[end - 1] ?? 0) << 8) : total;
}

/** The Internet checksum of a sum: the complement of its ones' complement sum, 0 to 65535. */
export function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/**
 * The checksum after one 16-bit number that it covers has changed: HC' = ~(~HC + ~m + m') (RFC 1624 §3, equation 3).
 */
export function updateChecksum(checksum: number, before: number, after: number): number {
  return checksumOf((~checksum & 0xffff) + (~before & 0xffff) + after);
}

/** A 16-bit number in network byte order. */
export function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Writes a 16-bit number in network byte order. */
export function setU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}
