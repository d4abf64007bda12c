import { type Mac, macFromBytes } from '@poplin/net';
import { viewOf } from '../../../codec/byte-order.js';
import { decodeError } from '../../../error.js';
import type { Reader } from '../fields.js';

/** A bridge in the spanning tree: the lowest one is its root (IEEE 802.1D 9.2.5). */
export interface BridgeId {
  readonly priority: number;
  readonly mac: Mac;
}

/** Reads `struct ifla_bridge_id`. */
export const bridgeId = (type: number): Reader<BridgeId> => ({
  read(data) {
    const bytes = data.bytes(type);
    if (!bytes) return undefined;
    if (bytes.length !== 8) throw decodeError('link', `a bridge id of ${bytes.length} bytes`);
    return { priority: viewOf(bytes).getUint16(0), mac: macFromBytes(bytes.subarray(2)) };
  },
});
