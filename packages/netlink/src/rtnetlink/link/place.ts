import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { checkNetnsId } from '../target-netns.js';
import { IFLA } from './attributes.js';
import type { LinkPlace } from './types.js';

/** Writes in which namespace to look, where it is not the own one. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writePlace(
  operation: string,
  attributes: AttributeWriter,
  { netnsId }: LinkPlace,
): void {
  if (netnsId !== undefined) {
    attributes.i32(IFLA.TARGET_NETNSID, checkNetnsId(operation, netnsId));
  }
}
