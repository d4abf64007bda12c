import { viewOf } from '../../../codec/byte-order.js';
import { decodeError } from '../../../error.js';
import { checkNumber } from '../../encode-request.js';
import type { Field } from '../fields.js';

/** UDP ports from `low` to `high`; two zeros stand for the range of `net.ipv4.ip_local_port_range`. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** Two ports in network order (`struct ifla_vxlan_port_range`). */
export const portRange = (type: number): Field<PortRange> => ({
  write(data, { low, high }, { operation, name }) {
    const bytes = new Uint8Array(4);
    viewOf(bytes).setUint16(0, checkNumber(operation, `${name}.low`, low, 0, 0xffff));
    viewOf(bytes).setUint16(2, checkNumber(operation, `${name}.high`, high, low, 0xffff));
    data.bytes(type, bytes);
  },
  read(data) {
    const bytes = data.bytes(type);
    if (!bytes) return undefined;
    if (bytes.length !== 4) throw decodeError('link', `a port range of ${bytes.length} bytes`);
    return { low: viewOf(bytes).getUint16(0), high: viewOf(bytes).getUint16(2) };
  },
});
