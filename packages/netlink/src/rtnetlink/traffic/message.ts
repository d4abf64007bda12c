import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError } from '../../error.js';

/** Length of `struct tcmsg`: family, padding, link, handle, parent, info. */
export const TCMSG_LENGTH = 20;

/** The fields of `struct tcmsg`. */
export interface TrafficHeader {
  readonly ifindex: number;
  readonly handle: number;
  readonly parent: number;
  /** Of a filter: its priority and protocol; of a qdisc as told, how many refer to it. */
  readonly info: number;
}

export function encodeTrafficHeader(fields: Partial<TrafficHeader>): Uint8Array {
  const bytes = new Uint8Array(TCMSG_LENGTH);
  const view = viewOf(bytes);
  view.setInt32(4, fields.ifindex ?? 0, littleEndian);
  view.setUint32(8, fields.handle ?? 0, littleEndian);
  view.setUint32(12, fields.parent ?? 0, littleEndian);
  view.setUint32(16, fields.info ?? 0, littleEndian);
  return bytes;
}

/** Reads a header. @throws {NetlinkError} DECODE when the message is shorter. */
export function decodeTrafficHeader(what: string, body: Uint8Array): TrafficHeader {
  if (body.length < TCMSG_LENGTH) throw decodeError(what, `only ${body.length} bytes`);
  const view = viewOf(body);
  return {
    ifindex: view.getInt32(4, littleEndian),
    handle: view.getUint32(8, littleEndian),
    parent: view.getUint32(12, littleEndian),
    info: view.getUint32(16, littleEndian),
  };
}
