import type { NetnsAttributes } from '../target-netns.js';

/** Attributes of a namespace's number (NETNSA_*, linux/net_namespace.h). */
export const NETNSA = { NSID: 1, PID: 2, FD: 3 } as const;

/** Those that name the namespace itself. */
export const netnsIdAttributes: NetnsAttributes = {
  fd: NETNSA.FD,
  pid: NETNSA.PID,
  netnsId: NETNSA.NSID,
};

/** `struct rtgenmsg`: the family, which nobody looks at, and padding. */
export const RTGENMSG_LENGTH = 4;

/** The header of a request. */
export function encodeNetnsIdHeader(): Uint8Array {
  return new Uint8Array(RTGENMSG_LENGTH);
}
