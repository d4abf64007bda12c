import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPaths } from './diff.js';
import { parseClusterConfig } from './parse.js';

describe('diffPaths', () => {
  it('names the deepest paths that differ', () => {
    const before = parseClusterConfig({});
    const after = parseClusterConfig({
      attach: { mode: 'bridge', mtu: 1400 },
      pools: [
        { name: 'default', cidr: '10.244.0.0/16', blockSize: 27 },
        { name: 'more', cidr: '10.245.0.0/16', blockSize: 26 },
      ],
    });
    expect(diffPaths(before, after)).toEqual([
      'attach.mode',
      'attach.mtu',
      'pools[0].blockSize',
      'pools[1]',
    ]);
  });

  it('finds nothing between a value and its copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(diffPaths(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  it('finds something exactly when the values differ, and the same from both sides', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(diffPaths(a, b).length === 0).toBe(equal(a, b));
        expect(diffPaths(a, b).sort()).toEqual(diffPaths(b, a).sort());
      }),
    );
  });

  it('tells a list from a mapping with the same keys', () => {
    expect(diffPaths({ a: ['x'] }, { a: { 0: 'x' } })).toEqual(['a']);
  });
});

function equal(a: unknown, b: unknown): boolean {
  try {
    expect(a).toStrictEqual(b);
    return true;
  } catch {
    return false;
  }
}
