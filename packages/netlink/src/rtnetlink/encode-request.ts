import { AttributeWriter } from '../codec/attribute-writer.js';
import { align4 } from '../codec/byte-order.js';
import { invalidArgument } from '../error.js';
import type { NetlinkRequest } from '../socket/request.js';

/** What a request is besides its body. */
export type RequestHead = Pick<NetlinkRequest, 'type' | 'flags' | 'operation'>;

/** A request from its fixed header and the attributes that `write` adds to it. */
export function encodeRequest(
  head: RequestHead,
  header: Uint8Array,
  write: (attributes: AttributeWriter) => void = () => undefined,
): NetlinkRequest {
  const writer = new AttributeWriter(head.operation).header(header);
  write(writer);
  // Field by field: spreading would cost as much as the whole encoding.
  return {
    type: head.type,
    flags: head.flags,
    operation: head.operation,
    headerLength: align4(header.length),
    body: writer.finish(),
  };
}

/** Refuses what is no interface index (a positive number of 31 bits). @throws {NetlinkError} INVALID_ARGUMENT. */
export function checkIfindex(operation: string, ifindex: number): number {
  return checkNumber(operation, 'an interface index', ifindex, 1, 0x7fff_ffff);
}

/** Refuses a number outside its range. @throws {NetlinkError} INVALID_ARGUMENT. */
export function checkNumber(
  operation: string,
  what: string,
  value: number,
  min: number,
  max: number,
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidArgument(operation, `${what} is a number from ${min} to ${max}, not ${value}`);
}
