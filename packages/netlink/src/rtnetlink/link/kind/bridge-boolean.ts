import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import { littleEndian, viewOf } from '../../../codec/byte-order.js';
import { decodeError } from '../../../error.js';

/** Options of a bridge that share one attribute, a bit for each (BR_BOOLOPT_*). */
export interface BridgeBooleanOptions {
  /** Learn nothing from frames to link-local groups (BR_BOOLOPT_NO_LL_LEARN, Linux 5.0); off by default. */
  readonly noLinkLocalLearn?: boolean;
  /** Snoop multicast per VLAN (BR_BOOLOPT_MCAST_VLAN_SNOOPING, Linux 5.15); off by default. */
  readonly multicastVlanSnooping?: boolean;
}

/** IFLA_BR_MULTI_BOOLOPT: `struct br_boolopt_multi`, the bits and which of them are meant. */
const MULTI_BOOLOPT = 46;
const STRUCT_LENGTH = 8;

const bits = { noLinkLocalLearn: 1 << 0, multicastVlanSnooping: 1 << 1 } as const;
const names = Object.keys(bits) as (keyof BridgeBooleanOptions)[];

/** Writes those that are given. */
export function writeBridgeBooleans(data: AttributeWriter, options: BridgeBooleanOptions): void {
  let values = 0;
  let mask = 0;
  for (const name of names) {
    if (options[name] === undefined) continue;
    mask |= bits[name];
    if (options[name]) values |= bits[name];
  }
  if (mask === 0) return;
  const struct = new Uint8Array(STRUCT_LENGTH);
  viewOf(struct).setUint32(0, values, littleEndian);
  viewOf(struct).setUint32(4, mask, littleEndian);
  data.bytes(MULTI_BOOLOPT, struct);
}

/** Reads those that the kernel has. @throws {NetlinkError} DECODE. */
export function readBridgeBooleans(data: Attributes): BridgeBooleanOptions {
  const struct = data.bytes(MULTI_BOOLOPT);
  if (!struct) return {};
  if (struct.length !== STRUCT_LENGTH) {
    throw decodeError('link', `boolean options of ${struct.length} bytes`);
  }
  const values = viewOf(struct).getUint32(0, littleEndian);
  const mask = viewOf(struct).getUint32(4, littleEndian);
  const has = names.filter((name) => mask & bits[name]);
  return Object.fromEntries(has.map((name) => [name, (values & bits[name]) !== 0]));
}
