import { Attributes } from '../../codec/attributes.js';
import { decodeError } from '../../error.js';
import { NETNSA, RTGENMSG_LENGTH } from './attributes.js';

/** What the kernel answers for a namespace without a number (NETNSA_NSID_NOT_ASSIGNED). */
const NOT_ASSIGNED = -1;

/** A namespace as an answer tells it. */
export interface NetnsIdAnswer {
  /** Its number; absent when it has none. */
  readonly netnsId?: number;
}

/** Reads a namespace's number from the body of an RTM_NEWNSID. @throws {NetlinkError} DECODE. */
export function decodeNetnsId(body: Uint8Array): NetnsIdAnswer {
  if (body.length < RTGENMSG_LENGTH) throw decodeError('namespace id', `only ${body.length} bytes`);
  const id = new Attributes('namespace id', body, RTGENMSG_LENGTH).i32(NETNSA.NSID);
  if (id === undefined || id < NOT_ASSIGNED) throw decodeError('namespace id', `${id} is no id`);
  return id === NOT_ASSIGNED ? {} : { netnsId: id };
}
