import {
  bitsOf,
  type Cidr,
  cidrLength,
  familyOf,
  type Ip,
  type Mac,
  parseCidr,
  parseMac,
  tryParseIp,
} from '@poplin/net';
import { z } from 'zod';

/** An address in canonical text. Another spelling of it is refused: two spellings would be two objects. */
export const ipSchema: z.ZodType<Ip> = z.custom<Ip>(
  (value) => typeof value === 'string' && tryParseIp(value) === value,
  'must be an IP address in canonical text (RFC 5952), for example 10.244.0.5 or fd00::1',
);

/** A prefix in canonical text, without host bits. */
export const cidrSchema: z.ZodType<Cidr> = z.custom<Cidr>(
  (value) => typeof value === 'string' && accepts(parseCidr, value),
  'must be a masked prefix in canonical text, for example 10.244.1.0/26',
);

/** An Ethernet address in lower case. */
export const macSchema: z.ZodType<Mac> = z.custom<Mac>(
  (value) => typeof value === 'string' && accepts(parseMac, value),
  'must be a MAC address in lower case, for example 0a:58:0a:f4:01:05',
);

/** A name that the kernel takes for a link: 1 to 15 bytes (IFNAMSIZ less its NUL), see `dev_valid_name` in net/core/dev.c. */
export const linkNameSchema: z.ZodType<string> = z
  .string()
  .refine(
    (name) => isLinkName(name),
    'must be the name of a link: 1 to 15 bytes, without "/", ":" and white space',
  );

/** MTU in bytes: from the least that IPv4 works with (ETH_MIN_MTU, RFC 791 §3.2) to the greatest that 16 bits hold. */
export const mtuSchema: z.ZodType<number> = integer(68, 65_535, 'an MTU, bytes');

/** Port of UDP, TCP or SCTP. */
export const portSchema: z.ZodType<number> = integer(1, 65_535, 'a port');

/** A whole number within limits. */
export function integer(min: number, max: number, what: string): z.ZodType<number> {
  const message = `must be ${what}: a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
}

/** A list that is not longer than anything needs. */
export function listOf<T>(element: z.ZodType<T>, max: number): z.ZodType<readonly T[]> {
  return z.array(element).max(max, `must have at most ${max} entries`);
}

/** Tells whether a prefix length fits the family of an address. */
export function fitsLength(ip: Ip, length: number): boolean {
  return length <= bitsOf(familyOf(ip));
}

/** Tells whether a prefix is that of a single address: /32 or /128. */
export function isHostCidr(cidr: Cidr): boolean {
  return cidrLength(cidr) === bitsOf(familyOf(cidr));
}

function isLinkName(name: string): boolean {
  const bytes = Buffer.byteLength(name);
  return bytes >= 1 && bytes <= 15 && name !== '.' && name !== '..' && !/[/:\s\0]/.test(name);
}

function accepts(parse: (text: string) => string, text: string): boolean {
  try {
    return parse(text) === text;
  } catch {
    return false;
  }
}
