import { describe, expect, it } from 'vitest';
import { poolsSchema } from './schema.js';

function problemsOf(pools: unknown): readonly string[] {
  const result = poolsSchema.safeParse(pools);
  return (result.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the pools of a cluster', () => {
  it('have blocks of 64 addresses where nothing is said', () => {
    const pools = [
      { name: 'default', cidr: '10.244.0.0/16' },
      { name: 'six', cidr: 'FD00:10:244:0::/56' },
    ];
    expect(poolsSchema.parse(pools)).toEqual([
      { name: 'default', cidr: '10.244.0.0/16', blockSize: 26 },
      { name: 'six', cidr: 'fd00:10:244::/56', blockSize: 122 },
    ]);
  });

  it.each([
    ['host bits, with the fix', [{ name: 'a', cidr: '10.244.0.5/16' }], /^0\.cidr: .*beyond/],
    ['what is no prefix', [{ name: 'a', cidr: '10.244.0.0' }], /^0\.cidr: /],
    ['unknown keys', [{ name: 'a', cidr: '10.0.0.0/8', size: 1 }], /size/],
    ['a bad name', [{ name: 'A b', cidr: '10.0.0.0/8' }], /^0\.name: /],
    [
      'a pool below /30',
      [{ name: 'a', cidr: '10.0.0.0/31' }],
      /^0\.cidr: pool "a" 10.0.0.0\/31 is too small/,
    ],
    [
      'blocks that are too large',
      [{ name: 'a', cidr: '10.0.0.0/8', blockSize: 19 }],
      /^0\.blockSize: .*\/20 to \/30/,
    ],
    [
      'blocks that are too small',
      [{ name: 'a', cidr: '10.0.0.0/8', blockSize: 31 }],
      /^0\.blockSize: /,
    ],
    [
      'IPv6 blocks out of bounds',
      [{ name: 'a', cidr: 'fd00::/64', blockSize: 64 }],
      /^0\.blockSize: .*\/112 to \/126/,
    ],
    [
      'a pool below one block',
      [{ name: 'a', cidr: '10.0.0.0/28' }],
      /^0\.blockSize: .*larger than pool "a".*28 or more/,
    ],
    ['broken sizes', [{ name: 'a', cidr: '10.0.0.0/8', blockSize: 26.5 }], /^0\.blockSize: /],
    [
      'two of one name',
      [
        { name: 'a', cidr: '10.0.0.0/16' },
        { name: 'a', cidr: '10.1.0.0/16' },
      ],
      /^1\.name: two pools have the name "a"/,
    ],
    [
      'overlap, naming both',
      [
        { name: 'a', cidr: '10.0.0.0/8' },
        { name: 'b', cidr: '10.1.0.0/16' },
      ],
      /^1\.cidr: pool "b" 10.1.0.0\/16 overlaps pool "a" 10.0.0.0\/8/,
    ],
  ])('are refused for %s', (_what, pools, expected) => {
    expect(problemsOf(pools)).toEqual([expect.stringMatching(expected)]);
  });

  it('are told the masked form of a prefix with host bits', () => {
    expect(problemsOf([{ name: 'a', cidr: '10.244.0.5/16' }])[0]).toContain('10.244.0.0/16');
  });
});
