import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { IPv4, IPv6 } from 'ip-num';
import { describe, expect, it } from 'vitest';
import {
  compareIps,
  type Family,
  families,
  familyOf,
  ipFromBigInt,
  ipFromBytes,
  ipToBigInt,
  ipToBytes,
  parseIp,
  tryParseIp,
} from './ip.js';

const number4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
/** Sparse numbers too: runs of zero groups are where the text form gets difficult. */
const number6 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  fc
    .array(fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffffn })), {
      minLength: 8,
      maxLength: 8,
    })
    .map((groups) => groups.reduce((sum, group) => (sum << 16n) | group, 0n)),
);
const number = fc.oneof(
  number4.map((value): [Family, bigint] => ['ipv4', value]),
  number6.map((value): [Family, bigint] => ['ipv6', value]),
);
/** Eight groups in full, without any "::". */
const fullForm = (value: bigint) => IPv6.fromBigInt(value).toString();

describe('the text of an IPv6 address', () => {
  const vectors: readonly [string, string, string][] = [
    ['4.1', 'leading zeros are dropped', '2001:0db8::0001'],
    ['4.1', 'a group of zeros is one zero', '2001:db8:aaaa:bbbb:cccc:dddd:0000:1'],
    ['4.2.1', '"::" is as long as can be', '2001:db8:0:0:0:0:2:1'],
    ['4.2.2', 'one group of zeros is not shortened', '2001:db8:0:1:1:1:1:1'],
    ['4.2.3', 'the longest run is shortened', '2001:0:0:1:0:0:0:1'],
    ['4.2.3', 'the first of equally long runs is shortened', '2001:db8:0:0:1:0:0:1'],
    ['4.3', 'letters are small', '2001:DB8::ABCD:EF12'],
    ['5', 'an IPv4-mapped address ends in a dotted quad', '0:0:0:0:0:ffff:c000:0201'],
    ['-', 'zero', '0:0:0:0:0:0:0:0'],
    ['-', 'one', '0:0:0:0:0:0:0:1'],
    ['-', 'a run at the end', 'fe80:0:0:0:1:0:0:0'],
    ['-', 'nothing but ones', 'FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF'],
    ['-', 'a dotted quad outside the mapped prefix becomes groups', '64:ff9b::192.0.2.33'],
    ['-', 'an IPv4-compatible address has no dotted quad', '::1.2.3.4'],
  ];
  const canonical = [
    '2001:db8::1',
    '2001:db8:aaaa:bbbb:cccc:dddd:0:1',
    '2001:db8::2:1',
    '2001:db8:0:1:1:1:1:1',
    '2001:0:0:1::1',
    '2001:db8::1:0:0:1',
    '2001:db8::abcd:ef12',
    '::ffff:192.0.2.1',
    '::',
    '::1',
    'fe80::1:0:0:0',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '64:ff9b::c000:221',
    '::102:304',
  ];

  it.each(vectors.map((vector, i) => [...vector, canonical[i] ?? ''] as const))(
    'follows RFC 5952 section %s: %s (%s is %s)',
    (_section, _rule, spelling, text) => expect(parseIp(spelling)).toBe(text),
  );

  it('is the one that the WHATWG URL standard writes, except for mapped addresses', () => {
    fc.assert(
      fc.property(number6, (value) => {
        fc.pre(value >> 32n !== 0xffffn);
        const host = new URL(`http://[${fullForm(value)}]/`).hostname;
        expect(`[${ipFromBigInt('ipv6', value)}]`).toBe(host);
      }),
    );
  });
});

describe('an address', () => {
  it('is read as ip-num reads it', () => {
    fc.assert(
      fc.property(number4, number6, (four, six) => {
        expect(ipToBigInt(parseIp(IPv4.fromNumber(four).toString()))).toBe(four);
        expect(ipToBigInt(parseIp(fullForm(six)))).toBe(six);
      }),
    );
  });

  it('is written so that ip-num reads the same number', () => {
    fc.assert(
      fc.property(number4, number6, (four, six) => {
        expect(IPv4.fromString(ipFromBigInt('ipv4', four)).getValue()).toBe(four);
        const text = ipFromBigInt('ipv6', six);
        fc.pre(!text.includes('.'));
        expect(IPv6.fromString(text).getValue()).toBe(six);
      }),
    );
  });

  it('comes back unchanged from text, number and bytes', () => {
    fc.assert(
      fc.property(number, ([family, value]) => {
        const ip = ipFromBigInt(family, value);
        expect(familyOf(ip)).toBe(family);
        expect(parseIp(ip)).toBe(ip);
        expect(parseIp(ip.toUpperCase())).toBe(ip);
        expect(ipFromBytes(ipToBytes(ip))).toBe(ip);
        expect(ipFromBigInt(family, ipToBigInt(ip))).toBe(ip);
      }),
    );
  });

  it('is any text that Node takes for one, without a zone, and no other', () => {
    const alphabet = fc.constantFrom(
      ...'0123456789abcfF:.% '.split(''),
      '::',
      'ffff',
      '255',
      '256',
    );
    const text = fc.array(alphabet, { maxLength: 14 }).map((parts) => parts.join(''));
    const nearly = number6.chain((value) =>
      fc.tuple(fc.constantFrom(fullForm(value), ipFromBigInt('ipv6', value)), fc.nat(40), alphabet),
    );
    const bent = nearly.map(([ip, at, piece]) => ip.slice(0, at) + piece + ip.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(text, bent), (candidate) => {
        const expected = isIPv4(candidate) || (isIPv6(candidate) && !candidate.includes('%'));
        expect(tryParseIp(candidate) !== undefined).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    '',
    ' ',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    '1.2.3.4\n',
    '0x1.2.3.4',
    '1.2.3.-4',
    '١.2.3.4',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '1::2::3',
    '12345::',
    'g::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '::1.2.3',
    '1.2.3.4::',
    '::1.2.3.4:5',
    'fe80::1%eth0',
    '[::1]',
    '::1/128',
  ])('is not %j', (text) => {
    expect(tryParseIp(text)).toBeUndefined();
    expect(() => parseIp(text)).toThrow(expect.objectContaining({ code: 'INVALID_ADDRESS' }));
  });

  it('has 4 or 16 bytes', () => {
    for (const length of [0, 3, 5, 15, 17]) {
      expect(() => ipFromBytes(new Uint8Array(length))).toThrow(
        expect.objectContaining({ code: 'INVALID_ADDRESS' }),
      );
    }
  });

  it('is read from the middle of a larger buffer', () => {
    const buffer = Uint8Array.from({ length: 40 }, (_, i) => i);
    expect(ipFromBytes(buffer.subarray(8, 12))).toBe('8.9.10.11');
    expect(ipFromBytes(buffer.subarray(16, 32))).toBe('1011:1213:1415:1617:1819:1a1b:1c1d:1e1f');
  });

  it.each<[Family, bigint]>([
    ['ipv4', -1n],
    ['ipv4', 2n ** 32n],
    ['ipv6', -1n],
    ['ipv6', 2n ** 128n],
  ])('of %s has no number %s', (family, value) => {
    expect(() => ipFromBigInt(family, value)).toThrow(
      expect.objectContaining({ code: 'OUT_OF_RANGE' }),
    );
  });
});

describe('the order of addresses', () => {
  it('is IPv4 first, then by number', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const byNumber = a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
        const expected = families.indexOf(a[0]) - families.indexOf(b[0]) || byNumber;
        expect(Math.sign(compareIps(ipFromBigInt(...a), ipFromBigInt(...b)))).toBe(expected);
      }),
    );
  });
});
