import {
  bitsOf,
  type Cidr,
  cidrContains,
  cidrLength,
  cidrOf,
  type Family,
  families,
  type Ip,
  ipFromBytes,
  ipToBytes,
  parseCidr,
  parseIp,
} from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrefixTable, tablePrefix } from './prefix-table.js';

type Entry = readonly [prefix: Cidr, value: number];

/** A table whose owners are the values: several entries may have the same. */
function tableOf(family: Family, entries: readonly Entry[]): PrefixTable {
  const owners = entries.reduce<Cidr[][]>((lists, [prefix, value]) => {
    while (lists.length <= value) lists.push([]);
    lists[value]?.push(prefix);
    return lists;
  }, []);
  return new PrefixTable(
    family,
    owners.map((prefixes) => prefixes.map(tablePrefix)),
  );
}

/** Looks at every entry. */
function naive(entries: readonly Entry[], ip: Ip): number {
  let best: Entry | undefined;
  for (const entry of entries) {
    if (!cidrContains(entry[0], ip)) continue;
    const longer = best ? cidrLength(entry[0]) - cidrLength(best[0]) : 1;
    if (longer > 0 || (longer === 0 && best && entry[1] < best[1])) best = entry;
  }
  return best?.[1] ?? -1;
}

/** Addresses that are often near each other: few values per byte. */
const anyIp = (family: Family): fc.Arbitrary<Ip> =>
  fc
    .array(fc.constantFrom(0, 1, 2, 127, 128, 254, 255), {
      minLength: bitsOf(family) / 8,
      maxLength: bitsOf(family) / 8,
    })
    .map((bytes) => ipFromBytes(Uint8Array.from(bytes)));

describe('PrefixTable', () => {
  for (const family of families) {
    it(`finds what a look at every prefix finds (${family})`, () => {
      const prefix = fc
        .tuple(anyIp(family), fc.integer({ min: 0, max: bitsOf(family) }))
        .map(([ip, length]) => cidrOf(ip, length));
      const entries = fc.array(fc.tuple(prefix, fc.nat({ max: 99 })), { maxLength: 60 });
      const probes = fc.array(anyIp(family), { minLength: 1, maxLength: 40 });
      fc.assert(
        fc.property(entries, probes, fc.nat({ max: 5 }), (drawn, ips, before) => {
          const table = tableOf(family, drawn);
          for (const ip of [...ips, ...drawn.map(([cidr]) => cidr.split('/')[0] as Ip)]) {
            const bytes = Uint8Array.from([...new Array(before).fill(9), ...ipToBytes(ip)]);
            expect(table.lookup(bytes, before)).toBe(naive(drawn, ip));
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  it('holds ten thousand blocks and finds each', () => {
    const entries = Array.from(
      { length: 10_000 },
      (_, i): Entry => [cidrOf(parseIp(`10.${i >> 8}.${i & 255}.0`), 26), i],
    );
    const table = tableOf('ipv4', entries);
    for (let i = 0; i < 10_000; i++) {
      expect(table.lookup(Uint8Array.of(10, i >> 8, i & 255, 63), 0)).toBe(i);
      expect(table.lookup(Uint8Array.of(10, i >> 8, i & 255, 64), 0)).toBe(-1);
    }
  });

  it('leaves out the other family, takes the first of two that are equal, and may be empty', () => {
    const entries: Entry[] = [
      [parseCidr('fd00::/8'), 1],
      [parseCidr('10.0.0.0/8'), 2],
      [parseCidr('10.0.0.0/8'), 3],
    ];
    expect(tableOf('ipv4', entries).lookup(Uint8Array.of(10, 1, 1, 1), 0)).toBe(2);
    expect(new PrefixTable('ipv6', []).lookup(new Uint8Array(16), 0)).toBe(-1);
  });
});
