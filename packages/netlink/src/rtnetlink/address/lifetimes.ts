import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError, invalidArgument } from '../../error.js';
import { checkNumber } from '../encode-request.js';
import type { Lifetime } from './types.js';

/** How the kernel says "forever" (INFINITY_LIFE_TIME). */
const INFINITY = 0xffff_ffff;

/** Length of `struct ifa_cacheinfo`: preferred and valid lifetimes, times of making and of the last change. */
const CACHEINFO_LENGTH = 16;

/** The two lifetimes of an address. */
export interface Lifetimes {
  readonly valid: Lifetime;
  readonly preferred: Lifetime;
}

/** `struct ifa_cacheinfo` for lifetimes. @throws {NetlinkError} INVALID_ARGUMENT for none that the kernel would take. */
export function encodeLifetimes(operation: string, { valid, preferred }: Lifetimes): Uint8Array {
  const bytes = new Uint8Array(CACHEINFO_LENGTH);
  const view = viewOf(bytes);
  const validSeconds = secondsOf(operation, valid, 1);
  const preferredSeconds = secondsOf(operation, preferred, 0);
  if (preferredSeconds > validSeconds) {
    throw invalidArgument(operation, `preferred for ${preferred} s but valid for ${valid} s`);
  }
  view.setUint32(0, preferredSeconds, littleEndian);
  view.setUint32(4, validSeconds, littleEndian);
  return bytes;
}

/** Reads `struct ifa_cacheinfo`; without one an address stays. @throws {NetlinkError} DECODE when it is shorter. */
export function decodeLifetimes(bytes: Uint8Array | undefined): Lifetimes {
  if (!bytes) return { valid: 'forever', preferred: 'forever' };
  if (bytes.length < CACHEINFO_LENGTH) {
    throw decodeError('address', `cache info of ${bytes.length} bytes`);
  }
  const view = viewOf(bytes);
  return {
    valid: lifetimeOf(view.getUint32(4, littleEndian)),
    preferred: lifetimeOf(view.getUint32(0, littleEndian)),
  };
}

function secondsOf(operation: string, lifetime: Lifetime, min: number): number {
  if (lifetime === 'forever') return INFINITY;
  return checkNumber(operation, 'a lifetime in seconds', lifetime, min, INFINITY - 1);
}

function lifetimeOf(seconds: number): Lifetime {
  return seconds === INFINITY ? 'forever' : seconds;
}
