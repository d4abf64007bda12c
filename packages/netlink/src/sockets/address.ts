import { type Family, familyOf, type Ip, ipToBytes } from '@poplin/net';
import { littleEndian, viewOf } from '../codec/byte-order.js';
import { invalidArgument } from '../error.js';
import { familyNumber } from '../rtnetlink/family.js';

/** An end of a connection. */
export interface Endpoint {
  readonly address: Ip;
  /** 0 to 65535. */
  readonly port: number;
  /** The link that a link-local IPv6 address is on (`sin6_scope_id`). */
  readonly ifindex?: number;
}

/**
 * The bytes of `struct sockaddr_in` or `sockaddr_in6`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT for a port that is none.
 */
export function socketAddress(operation: string, { address, port, ifindex }: Endpoint): Uint8Array {
  if (!Number.isInteger(port) || port < 0 || port > 0xffff) {
    throw invalidArgument(operation, `a port is a number from 0 to 65535, not ${port}`);
  }
  const family = familyOf(address);
  const bytes = new Uint8Array(family === 'ipv4' ? 16 : 28);
  const view = viewOf(bytes);
  view.setUint16(0, familyNumber(family), littleEndian);
  view.setUint16(2, port);
  bytes.set(ipToBytes(address), family === 'ipv4' ? 4 : 8);
  if (family === 'ipv6') view.setUint32(24, ifindex ?? 0, littleEndian);
  return bytes;
}

/** The address that stands for all of a family's. */
export function anyAddress(family: Family): Ip {
  return (family === 'ipv4' ? '0.0.0.0' : '::') as Ip;
}

/** An endpoint for messages to people: `192.0.2.1 port 179`, `fe80::1%7 port 179`. */
export function endpointText({ address, port, ifindex }: Endpoint): string {
  return `${address}${ifindex === undefined ? '' : `%${ifindex}`} port ${port}`;
}
