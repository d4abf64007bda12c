import type { Family } from '@poplin/net';

/** Address family that stands for all (linux/socket.h). */
export const AF_UNSPEC = 0;
const AF_INET = 2;
/** Messages about the ports of a bridge. */
export const AF_BRIDGE = 7;
const AF_INET6 = 10;

/** AF_* number of a family; AF_UNSPEC when none is given. */
export function familyNumber(family: Family | undefined): number {
  if (family === undefined) return AF_UNSPEC;
  return family === 'ipv4' ? AF_INET : AF_INET6;
}

/** Family of an AF_* number; `undefined` for those that are not IP (bridge entries, MPLS, multicast routing). */
export function familyOfNumber(number: number | undefined): Family | undefined {
  if (number === AF_INET) return 'ipv4';
  return number === AF_INET6 ? 'ipv6' : undefined;
}
