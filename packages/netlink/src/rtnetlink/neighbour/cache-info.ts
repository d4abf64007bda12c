import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';
import type { NeighbourCacheInfo } from './types.js';

/** The kernel tells times in ticks of USER_HZ, which is 100 a second in every ABI. */
const MS_PER_TICK = 10;

/** Reads `struct nda_cacheinfo` (NDA_CACHEINFO). @throws {NetlinkError} DECODE when it is shorter. */
export function decodeCacheInfo(what: string, bytes: Uint8Array): NeighbourCacheInfo {
  if (bytes.length < 16) throw decodeError(what, `cache info of ${bytes.length} bytes`);
  const view = viewOf(bytes);
  return {
    confirmedMs: MS_PER_TICK * view.getUint32(0, littleEndian),
    usedMs: MS_PER_TICK * view.getUint32(4, littleEndian),
    updatedMs: MS_PER_TICK * view.getUint32(8, littleEndian),
    references: view.getUint32(12, littleEndian),
  };
}
