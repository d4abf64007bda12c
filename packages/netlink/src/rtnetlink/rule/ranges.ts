import type { AttributeWriter } from '../../codec/attribute-writer.js';
import type { Attributes } from '../../codec/attributes.js';
import { littleEndian, viewOf } from '../../codec/byte-order.js';
import { decodeError, invalidArgument } from '../../error.js';
import { checkNumber } from '../encode-request.js';
import type { NumberRange } from './types.js';

/** Bytes of each end: 2 for ports (`struct fib_rule_port_range`), 4 for users (`struct fib_rule_uid_range`). */
type Size = 2 | 4;

/** Writes a range. @throws {NetlinkError} INVALID_ARGUMENT for an end out of range, or before the start. */
export function writeRange(
  operation: string,
  attributes: AttributeWriter,
  type: number,
  { start, end }: NumberRange,
  size: Size,
): void {
  const max = size === 2 ? 0xffff : 0xffff_ffff;
  checkNumber(operation, 'the start of a range', start, 0, max);
  checkNumber(operation, 'the end of a range', end, 0, max);
  if (end < start) throw invalidArgument(operation, `a range from ${start} down to ${end}`);
  const bytes = new Uint8Array(2 * size);
  const view = viewOf(bytes);
  if (size === 2) {
    view.setUint16(0, start, littleEndian);
    view.setUint16(2, end, littleEndian);
  } else {
    view.setUint32(0, start, littleEndian);
    view.setUint32(4, end, littleEndian);
  }
  attributes.bytes(type, bytes);
}

/** Reads a range; `undefined` when it is not there. @throws {NetlinkError} DECODE. */
export function decodeRange(
  attributes: Attributes,
  type: number,
  size: Size,
): NumberRange | undefined {
  const bytes = attributes.bytes(type);
  if (!bytes) return undefined;
  if (bytes.length !== 2 * size) throw decodeError('rule', `a range of ${bytes.length} bytes`);
  const view = viewOf(bytes);
  return size === 2
    ? { start: view.getUint16(0, littleEndian), end: view.getUint16(2, littleEndian) }
    : { start: view.getUint32(0, littleEndian), end: view.getUint32(4, littleEndian) };
}
