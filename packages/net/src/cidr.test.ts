import fc from 'fast-check';
import { IPv4CidrRange, IPv6CidrRange } from 'ip-num';
import { describe, expect, it } from 'vitest';
import {
  type Cidr,
  cidrContains,
  cidrCovers,
  cidrLength,
  cidrOf,
  cidrParts,
  cidrSize,
  cidrsOverlap,
  compareCidrs,
  firstIp,
  hostCidr,
  indexOfIp,
  ipAt,
  lastIp,
  parseCidr,
  parseInterfaceAddress,
  subnetAt,
  subnetCount,
} from './cidr.js';
import { bitsOf, type Family, type Ip, ipFromBigInt, ipToBigInt, parseIp } from './ip.js';

/** Addresses close to each other, so that prefixes often overlap. */
const ipOf = (family: Family): fc.Arbitrary<Ip> => {
  const far = fc.bigInt({ min: 0n, max: 2n ** BigInt(bitsOf(family)) - 1n });
  const near = fc
    .bigInt({ min: 0n, max: 1023n })
    .map((n) => (10n << BigInt(bitsOf(family) - 8)) + n);
  return fc.oneof(far, near).map((value) => ipFromBigInt(family, value));
};
const cidrOfFamily = (family: Family): fc.Arbitrary<Cidr> =>
  fc
    .tuple(ipOf(family), fc.integer({ min: 0, max: bitsOf(family) }))
    .map(([ip, length]) => cidrOf(ip, length));
const family = fc.constantFrom<Family>('ipv4', 'ipv6');
const cidr = family.chain(cidrOfFamily);
const pair = family.chain((f) => fc.tuple(cidrOfFamily(f), cidrOfFamily(f)));
const withIp = family.chain((f) => fc.tuple(cidrOfFamily(f), ipOf(f)));

/** ip-num's view of a prefix. Its IPv6 parser does not take a dotted quad, hence the full form. */
function oracle(text: Cidr): IPv4CidrRange | IPv6CidrRange {
  if (!text.includes(':')) return IPv4CidrRange.fromCidr(text);
  const groups = ipToBigInt(firstIp(text)).toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
  return IPv6CidrRange.fromCidr(`${groups.join(':')}/${cidrLength(text)}`);
}

function oracleContains(outer: Cidr, inner: Cidr): boolean {
  const [a, b] = [oracle(outer), oracle(inner)];
  return a.contains(b as never) || a.isEquals(b);
}

describe('a prefix', () => {
  it('has the first address, last address and size that ip-num finds', () => {
    fc.assert(
      fc.property(cidr, (text) => {
        const range = oracle(text);
        expect(ipToBigInt(firstIp(text))).toBe(range.getFirst().getValue());
        expect(ipToBigInt(lastIp(text))).toBe(range.getLast().getValue());
        expect(cidrSize(text)).toBe(range.getSize());
        expect(cidrParts(text)).toMatchObject({ length: cidrLength(text) });
      }),
    );
  });

  it('contains the addresses that ip-num finds inside', () => {
    fc.assert(
      fc.property(withIp, ([text, ip]) => {
        expect(cidrContains(text, ip)).toBe(oracleContains(text, hostCidr(ip)));
      }),
    );
  });

  it('overlaps and covers others as ip-num says', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(cidrsOverlap(a, b)).toBe(oracle(a).isOverlapping(oracle(b) as never));
        expect(cidrsOverlap(a, b)).toBe(cidrsOverlap(b, a));
        expect(cidrCovers(a, b)).toBe(oracleContains(a, b));
      }),
      { numRuns: 500 },
    );
  });

  it('has nothing to do with a prefix of the other family', () => {
    const [all4, all6] = [parseCidr('0.0.0.0/0'), parseCidr('::/0')];
    expect(cidrsOverlap(all4, all6)).toBe(false);
    expect(cidrCovers(all6, all4)).toBe(false);
    expect(cidrContains(all6, parseIp('10.0.0.1'))).toBe(false);
    expect(cidrContains(all4, parseIp('::1'))).toBe(false);
  });

  it('comes back unchanged from its text', () => {
    fc.assert(
      fc.property(cidr, (text) => {
        expect(parseCidr(text)).toBe(text);
      }),
    );
  });

  it('is written in one way, however it is spelled', () => {
    expect(parseCidr('FD00:10:244:0:0:0:0:0/56')).toBe('fd00:10:244::/56');
    expect(parseCidr('::ffff:a00:0/104')).toBe('::ffff:10.0.0.0/104');
  });

  it('with host bits is refused, and the right one is proposed', () => {
    fc.assert(
      fc.property(withIp, ([text, ip]) => {
        const spelling = `${ip}/${cidrLength(text)}`;
        const masked = cidrOf(ip, cidrLength(text));
        fc.pre(spelling !== masked);
        expect(() => parseCidr(spelling)).toThrow(
          expect.objectContaining({ code: 'INVALID_CIDR', remedy: `Write ${masked}` }),
        );
        expect(parseInterfaceAddress(spelling)).toEqual({
          ip,
          length: cidrLength(text),
          cidr: masked,
        });
      }),
    );
  });

  it.each([
    '',
    '/',
    '10.0.0.0',
    '10.0.0.0/',
    '/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.0/8.0',
    '10.0.0.0/ 8',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '::/129',
    '::/1e1',
    '10.0.0.0/255.0.0.0',
    'fe80::%eth0/64',
  ])('is not %j', (text) => {
    expect(() => parseCidr(text)).toThrow(expect.objectContaining({ code: 'INVALID_CIDR' }));
  });

  it.each([-1, 33, 1.5, Number.NaN])('of IPv4 has no length %d', (length) => {
    expect(() => cidrOf(parseIp('10.0.0.0'), length)).toThrow(
      expect.objectContaining({ code: 'OUT_OF_RANGE' }),
    );
  });
});

describe('places in a prefix', () => {
  it('are counted from 0, and an address knows its own', () => {
    fc.assert(
      fc.property(cidr, fc.bigInt({ min: 0n, max: 2n ** 128n }), (text, n) => {
        const index = n % cidrSize(text);
        const ip = ipAt(text, index);
        expect(cidrContains(text, ip)).toBe(true);
        expect(indexOfIp(text, ip)).toBe(index);
        expect(ipToBigInt(ip)).toBe(oracle(text).getFirst().getValue() + index);
      }),
    );
    expect(ipAt(parseCidr('10.0.0.0/24'), 5)).toBe('10.0.0.5');
  });

  it.each([-1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('do not include %d', (index) => {
    expect(() => ipAt(parseCidr('10.0.0.0/24'), index)).toThrow(
      expect.objectContaining({ code: 'OUT_OF_RANGE' }),
    );
  });

  it('are not given to an address outside', () => {
    expect(() => indexOfIp(parseCidr('10.0.0.0/24'), parseIp('10.0.1.0'))).toThrow(
      expect.objectContaining({ code: 'OUT_OF_RANGE' }),
    );
  });
});

describe('sub-prefixes', () => {
  const split = cidr.chain((text) =>
    fc.tuple(
      fc.constant(text),
      fc.integer({ min: cidrLength(text), max: text.includes(':') ? 128 : 32 }),
      fc.bigInt({ min: 0n, max: 2n ** 128n }),
    ),
  );

  it('lie inside, one after the other, and fill the prefix', () => {
    fc.assert(
      fc.property(split, ([text, length, n]) => {
        const count = subnetCount(text, length);
        const index = n % count;
        const subnet = subnetAt(text, length, index);
        expect(cidrCovers(text, subnet)).toBe(true);
        expect(cidrLength(subnet)).toBe(length);
        expect(indexOfIp(text, firstIp(subnet))).toBe(index * cidrSize(subnet));
        expect(count * cidrSize(subnet)).toBe(cidrSize(text));
        expect(() => subnetAt(text, length, count)).toThrow(
          expect.objectContaining({ code: 'OUT_OF_RANGE' }),
        );
      }),
    );
    expect(subnetAt(parseCidr('10.0.0.0/16'), 26, 1)).toBe('10.0.0.64/26');
  });

  it.each([15, 33, 1.5, Number.NaN])('of a /16 are not of length %d', (length) => {
    const text = parseCidr('10.0.0.0/16');
    expect(subnetCount(text, length)).toBe(0n);
    expect(() => subnetAt(text, length, 0)).toThrow(
      expect.objectContaining({ code: 'OUT_OF_RANGE' }),
    );
  });
});

describe('the order of prefixes', () => {
  it('is by family, then address, then the shorter one first', () => {
    const sorted = [
      '10.0.0.0/8',
      '10.0.0.0/16',
      '10.0.1.0/24',
      '192.0.2.0/24',
      '::/0',
      'fd00::/8',
    ].map(parseCidr);
    fc.assert(
      fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (shuffled) => {
        expect([...shuffled].sort(compareCidrs)).toEqual(sorted);
      }),
    );
  });
});
