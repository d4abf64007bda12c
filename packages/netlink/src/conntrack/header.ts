import type { Family } from '@poplin/net';
import { decodeError } from '../error.js';
import { NFGENMSG_LENGTH, nfnetlinkHeader } from '../nfnetlink/header.js';
import { familyNumber, familyOfNumber } from '../rtnetlink/family.js';

/** A header of nfnetlink; no family stands for all. */
export function encodeConntrackHeader(family: Family | undefined, version = 0): Uint8Array {
  return nfnetlinkHeader(familyNumber(family), { version });
}

/** The family in a header; `undefined` when it is not IP. @throws {NetlinkError} DECODE when it is cut. */
export function decodeConntrackFamily(body: Uint8Array): Family | undefined {
  if (body.length < NFGENMSG_LENGTH) throw decodeError('conntrack', `only ${body.length} bytes`);
  return familyOfNumber(body[0]);
}
