import { invalidArgument } from '../../error.js';

/** IFALIASZ without the closing NUL. */
const MAX_BYTES = 255;

/**
 * The bytes of an alias. Without a closing NUL: the kernel takes the length as it is, and 0 as the wish to have none.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT when it is too long or has a NUL in it.
 */
export function encodeAlias(operation: string, alias: string): Uint8Array {
  const bytes = Buffer.from(alias);
  if (bytes.length > MAX_BYTES || bytes.includes(0)) {
    throw invalidArgument(
      operation,
      `an alias has up to ${MAX_BYTES} bytes and no NUL, this one has ${bytes.length} bytes`,
    );
  }
  return bytes;
}
