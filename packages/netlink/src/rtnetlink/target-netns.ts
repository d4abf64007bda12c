import { merged } from '@poplin/net';
import type { AttributeWriter } from '../codec/attribute-writer.js';
import type { Netns } from '../namespace/netns.js';
import type { NetlinkRequest } from '../socket/request.js';
import { checkNumber } from './encode-request.js';

/** A namespace as a request may name it: by a handle, or by a process that is in it. */
export type NetnsByHandle = Netns | { readonly pid: number };

/** The same, or by the number that the handle's own namespace knows it by (see `Netlink.netnsId`). */
export type NetnsTarget = NetnsByHandle | { readonly netnsId: number };

/** Which attributes of a message name a namespace. */
export interface NetnsAttributes {
  readonly fd: number;
  readonly pid: number;
  readonly netnsId: number;
}

/**
 * Writes the attribute that names a namespace: the only place that puts a descriptor into a message.
 * A request with one also goes through {@link holding}.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a bad number, CLOSED when the handle was disposed.
 */
export function writeTargetNetns(
  operation: string,
  attributes: AttributeWriter,
  target: NetnsTarget,
  types: NetnsAttributes,
): void {
  if ('fd' in target) {
    attributes.u32(types.fd, target.fd);
  } else if ('pid' in target) {
    attributes.u32(types.pid, checkNumber(operation, 'a process id', target.pid, 1, 0x7fff_ffff));
  } else {
    attributes.i32(types.netnsId, checkNetnsId(operation, target.netnsId));
  }
}

/** Refuses what is no namespace's number. @throws {NetlinkError} INVALID_ARGUMENT. */
export function checkNetnsId(operation: string, id: number): number {
  return checkNumber(operation, 'a namespace id', id, 0, 0x7fff_ffff);
}

/** A request with the handles of which it carries the descriptors, so that they stay open until it has been sent. */
export function holding(
  request: NetlinkRequest,
  ...targets: readonly (NetnsTarget | undefined)[]
): NetlinkRequest {
  const namespaces = targets.filter((target) => target !== undefined && 'fd' in target);
  return namespaces.length === 0 ? request : merged(request, { namespaces });
}
