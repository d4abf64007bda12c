import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, it } from 'vitest';
import { merged } from './merged.js';

/** Tells whether V8 has one hidden class for both. */
let areOfOneKind: (a: object, b: object) => boolean;
beforeAll(() => {
  setFlagsFromString('--allow-natives-syntax');
  areOfOneKind = new Function('a', 'b', 'return %HaveSameMap(a, b)') as typeof areOfOneKind;
});

const base = () => ({ a: 1, b: { c: 2 } });

describe('two objects merged', () => {
  it('have the keys of both, in their order, and of two alike the later', () => {
    const all = merged(base(), { b: 3, d: 4 });
    expect(Object.entries(all)).toEqual(Object.entries({ ...base(), ...{ b: 3, d: 4 } }));
  });

  it('are a new object, and stay as they were', () => {
    const [one, other] = [base(), { d: 4 }];
    expect(merged(one, other)).not.toBe(one);
    expect([one, other]).toEqual([base(), { d: 4 }]);
  });

  it('are of one kind as often as they are merged, so that what reads them is compiled for it', () => {
    const first = merged(base(), { d: 0 });
    for (let d = 1; d < 100; d++) expect(areOfOneKind(first, merged(base(), { d }))).toBe(true);
  });
});
