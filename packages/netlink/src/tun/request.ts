import { littleEndian, viewOf } from '../codec/byte-order.js';
import { checkLinkName } from '../rtnetlink/link/name.js';
import type { TunOptions } from './types.js';

/** ioctl requests of linux/if_tun.h: `_IOW('T', 202, int)`. */
export const TUNSETIFF = 0x400454ca;

/** `_IOW('T', 203, int)`: its argument is the number itself, 1 to persist. */
export const TUNSETPERSIST = 0x400454cb;

const IFF_TUN = 0x1;
const IFF_TAP = 0x2;
const IFF_MULTI_QUEUE = 0x100;
/** No four bytes of protocol in front of each packet. */
const IFF_NO_PI = 0x1000;
const IFF_TUN_EXCL = 0x8000;

/** Length of `struct ifreq`, and of the name in front of it. */
const IFREQ_LENGTH = 40;
const NAME_LENGTH = 16;

/** The `struct ifreq` of TUNSETIFF. @throws {NetlinkError} INVALID_ARGUMENT for a bad name. */
export function encodeTunRequest(operation: string, options: TunOptions): Uint8Array {
  const bytes = new Uint8Array(IFREQ_LENGTH);
  if (options.name !== undefined) {
    bytes.set(Buffer.from(checkLinkName(operation, options.name)));
  }
  const flags =
    (options.mode === 'tap' ? IFF_TAP : IFF_TUN) |
    IFF_NO_PI |
    (options.multiQueue ? IFF_MULTI_QUEUE : 0) |
    (options.exclusive ? IFF_TUN_EXCL : 0);
  viewOf(bytes).setUint16(NAME_LENGTH, flags, littleEndian);
  return bytes;
}

/** The name of the link in a `struct ifreq` that the kernel has answered. */
export function decodeTunName(request: Uint8Array): string {
  const name = request.subarray(0, NAME_LENGTH);
  const end = name.indexOf(0);
  return Buffer.from(end < 0 ? name : name.subarray(0, end)).toString();
}
