import { createHash } from 'node:crypto';
import { AddressError } from './error.js';
import { type Ip, type Ipv6, ipFromBytes, ipToBytes } from './ip.js';

declare const brand: unique symbol;

/** Ethernet address: six lower-case hex pairs with colons. */
export type Mac = string & { readonly [brand]: 'Mac' };

/** Reads an Ethernet address. @throws {AddressError} INVALID_MAC when the text is none. */
export function parseMac(text: string): Mac {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)) {
    throw new AddressError('INVALID_MAC', `"${text}" is not a MAC address`, {
      remedy: 'Write six hex pairs, for example 0a:58:0a:f4:01:05',
    });
  }
  return text.toLowerCase() as Mac;
}

/** The six bytes. */
export function macToBytes(mac: Mac): Uint8Array {
  const bytes = new Uint8Array(6);
  for (let i = 0; i < 6; i++) {
    bytes[i] = 16 * hexDigit(mac.charCodeAt(3 * i)) + hexDigit(mac.charCodeAt(3 * i + 1));
  }
  return bytes;
}

/** The value of a digit by its code: `0` to `9`, `a` to `f`. */
function hexDigit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/** The hex pair of every byte: a dump of neighbours has thousands of them. */
const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The address with these six bytes. @throws {AddressError} INVALID_MAC for another number of bytes. */
export function macFromBytes(bytes: Uint8Array): Mac {
  if (bytes.length !== 6) {
    throw new AddressError('INVALID_MAC', `a MAC address has 6 bytes, not ${bytes.length}`);
  }
  let text = pairs[bytes[0] ?? 0] ?? '';
  for (let i = 1; i < 6; i++) text += `:${pairs[bytes[i] ?? 0]}`;
  return text as Mac;
}

/**
 * The MAC that belongs to an IP address. An address that is handed out again keeps its MAC, so that
 * no neighbour's cache is ever wrong. Locally administered, unicast (IEEE 802-2014 §8.4).
 */
export function macForIp(ip: Ip): Mac {
  const bytes = ipToBytes(ip);
  if (bytes.length !== 4) return macForSeed(`ip:${ip}`);
  const mac = new Uint8Array(6);
  mac[0] = 0x0a;
  mac[1] = 0x58;
  mac.set(bytes, 2);
  return macFromBytes(mac);
}

/** A locally administered unicast MAC that depends on nothing but the text. */
export function macForSeed(seed: string): Mac {
  const bytes = Uint8Array.from(createHash('sha256').update(seed).digest().subarray(0, 6));
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return macFromBytes(bytes);
}

/** The link-local address of an interface with this MAC: fe80:: and the modified EUI-64 (RFC 4291, appendix A). */
export function linkLocalForMac(mac: Mac): Ipv6 {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = macToBytes(mac);
  const bytes = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 0x02, b, c, 0xff, 0xfe, d, e, f);
  return ipFromBytes(bytes) as Ipv6;
}
