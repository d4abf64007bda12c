import {
  type Cidr,
  cidrCovers,
  cidrLength,
  cidrsOverlap,
  parseCidr,
  subnetAt,
  subnetCount,
} from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolBlockCount } from './pool.js';
import { freeBlocks } from './space.js';

const base = { ipv4: parseCidr('10.244.0.0/16'), ipv6: parseCidr('fd00::/104') };

/** A small pool somewhere in a larger space, and blocks of all sizes in that space. */
const cases = fc
  .record({
    family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
    poolBits: fc.integer({ min: 0, max: 6 }),
    seed: fc.string(),
    place: fc.nat(15),
    taken: fc.array(fc.tuple(fc.integer({ min: -2, max: 3 }), fc.nat(200)), { maxLength: 20 }),
  })
  .map(({ family, poolBits, seed, place, taken }) => {
    const blockSize = family === 'ipv4' ? 26 : 122;
    const pool = {
      name: 'p',
      cidr: subnetAt(base[family], blockSize - poolBits, place),
      blockSize,
    };
    const blocks = taken.map(([grow, index]) => {
      const length = blockSize - grow;
      return subnetAt(base[family], length, BigInt(index) % subnetCount(base[family], length));
    });
    return { pool, seed, taken: blocks };
  });

describe('the free blocks of a pool', () => {
  it('are exactly those that share no address with a taken one, each once', () => {
    fc.assert(
      fc.property(cases, ({ pool, seed, taken }) => {
        const found = [...freeBlocks(pool, taken, seed)];
        const all = Array.from({ length: Number(poolBlockCount(pool)) }, (_, index) =>
          subnetAt(pool.cidr, pool.blockSize, index),
        );
        const free = all.filter((block) => !taken.some((other) => cidrsOverlap(block, other)));
        expect([...found].sort()).toEqual([...free].sort());
        for (const block of found) {
          expect(cidrCovers(pool.cidr, block)).toBe(true);
          expect(cidrLength(block)).toBe(pool.blockSize);
        }
      }),
    );
  });

  it('begin at a place that depends on the seed alone', () => {
    const pool = { name: 'p', cidr: base.ipv4, blockSize: 26 };
    const first = (seed: string): Cidr | undefined => freeBlocks(pool, [], seed).next().value;
    expect(first('n1')).toBe(first('n1'));
    const places = new Set(Array.from({ length: 20 }, (_, i) => first(`n${i}`)));
    expect(places.size).toBeGreaterThan(15);
  });

  it('are found at once in a pool of 2^66 blocks', () => {
    const pool = { name: 'p', cidr: parseCidr('fd00::/56'), blockSize: 122 };
    const taken = [...take(freeBlocks(pool, [], 'n1'), 1000)];
    const next = freeBlocks(pool, taken, 'n1').next().value;
    expect(next && taken.includes(next)).toBe(false);
  });
});

function* take<T>(values: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const value of values) {
    if (left-- === 0) return;
    yield value;
  }
}
