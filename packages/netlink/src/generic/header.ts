import { decodeError } from '../error.js';

/** Length of `struct genlmsghdr`: command, version, reserved (linux/genetlink.h). */
export const GENLMSG_LENGTH = 4;

/** A header of generic netlink. All families that are used here have version 1. */
export function encodeGenericHeader(command: number): Uint8Array {
  return Uint8Array.of(command, 1, 0, 0);
}

/** The command in a header. @throws {NetlinkError} DECODE when it is cut. */
export function decodeGenericCommand(what: string, body: Uint8Array): number {
  const [command] = body;
  if (command === undefined || body.length < GENLMSG_LENGTH) {
    throw decodeError(what, `only ${body.length} bytes`);
  }
  return command;
}
