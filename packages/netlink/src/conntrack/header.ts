import type { Family } from '@poplin/net';
import { decodeError } from '../error.js';
import { familyNumber, familyOfNumber } from '../rtnetlink/family.js';

/** Length of `struct nfgenmsg`: family, version, resource. */
export const NFGENMSG_LENGTH = 4;

/** A header of nfnetlink; no family stands for all. */
export function encodeConntrackHeader(family: Family | undefined, version = 0): Uint8Array {
  return Uint8Array.of(familyNumber(family), version, 0, 0);
}

/** The family in a header; `undefined` when it is not IP. @throws {NetlinkError} DECODE when it is cut. */
export function decodeConntrackFamily(body: Uint8Array): Family | undefined {
  if (body.length < NFGENMSG_LENGTH) throw decodeError('conntrack', `only ${body.length} bytes`);
  return familyOfNumber(body[0]);
}
