import { littleEndian, u32At, viewOf } from '../codec/byte-order.js';
import { AF_NETLINK } from '../ffi/constants.js';

/** Length of `struct sockaddr_nl`: family, padding, port, groups. */
export const SOCKADDR_NL_LENGTH = 12;

/** The bytes of a netlink address. Port 0 is the kernel's, or lets the kernel choose one in bind(2). */
export function addressOf({ port }: { readonly port: number }): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_NL_LENGTH);
  const view = viewOf(bytes);
  view.setUint16(0, AF_NETLINK, littleEndian);
  view.setUint32(4, port, littleEndian);
  return bytes;
}

/** Port of a netlink address; 0 is the kernel's. */
export function portOf(address: Uint8Array): number {
  return u32At(address, 4);
}
