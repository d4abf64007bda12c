import { ipFromBigInt, ipToBigInt, parseIp } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeCount, scopeOf } from './scope.js';

/** Next hops from a first one on, at equal distances. */
const hops = (first: string, step: bigint, count = 5000) =>
  Array.from({ length: count }, (_, i) => {
    const from = parseIp(first);
    const family = first.includes(':') ? 'ipv6' : 'ipv4';
    return ipFromBigInt(family, ipToBigInt(from) + BigInt(i) * step);
  });

describe('scopes of routes by next hops', () => {
  it.each([
    ['of one prefix, one after the other', hops('192.168.0.2', 1n)],
    ['of a rack each', hops('10.0.0.1', 256n)],
    ['at a distance of their own number', hops('10.0.0.1', 200n)],
    ['of IPv6', hops('fe80::ff:fe00:2', 77n)],
  ])('are as many as there are, with about as many next hops each: %s', (_, all) => {
    const counts = new Array<number>(scopeCount).fill(0);
    for (const hop of all) counts[scopeOf(hop)] = (counts[scopeOf(hop)] ?? 0) + 1;
    expect(Math.max(...counts)).toBeLessThan((3 * all.length) / scopeCount);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  it('are none that has another meaning', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const scope = scopeOf(parseIp(text));
        // RT_SCOPE_SITE is the first with a name, RT_SCOPE_LINK the first that the kernel treats otherwise.
        expect(scope).toBeGreaterThanOrEqual(0);
        expect(scope).toBeLessThan(200);
      }),
    );
  });
});
