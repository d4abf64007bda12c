import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from './choice.js';

describe('chooseBackend', () => {
  it.each([
    [['new'], ['new'], 'new'],
    [['new', 'old'], ['old'], 'old'],
    [['new', 'old'], ['new', 'old'], 'new'],
    [['new', 'old'], ['new'], 'new'],
    [['third', 'second', 'first'], ['second', 'first'], 'second'],
    [['a', 'b'], ['b', 'a'], 'a'],
    [['a'], ['b'], undefined],
    [[], ['b'], undefined],
  ])('comes from %j and %j to %s', (ours, theirs, expected) => {
    expect(chooseBackend(ours, theirs)).toBe(expected);
  });

  const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 });

  it('gives both ends the same answer', () => {
    fc.assert(
      fc.property(list, list, (ours, theirs) => {
        expect(chooseBackend(ours, theirs)).toBe(chooseBackend(theirs, ours));
      }),
    );
  });

  it('finds one exactly when there is one that both have', () => {
    fc.assert(
      fc.property(list, list, (ours, theirs) => {
        const chosen = chooseBackend(ours, theirs);
        const common = ours.filter((identity) => theirs.includes(identity));
        if (chosen === undefined) expect(common).toEqual([]);
        else expect(common).toContain(chosen);
      }),
    );
  });

  it('takes what both prefer, whatever else they have', () => {
    fc.assert(
      fc.property(list, list, (ours, theirs) => {
        expect(chooseBackend(['z', ...ours], ['z', ...theirs])).toBe('z');
      }),
    );
  });

  it('leaves what nobody needs no chance: without it, every pair that did not use it chooses as before', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')), list, (ours, theirs) => {
        const chosen = chooseBackend(ours, theirs);
        for (const dropped of ours.slice(1)) {
          if (dropped === chosen) continue;
          const rest = ours.filter((identity) => identity !== dropped);
          expect(chooseBackend(rest, theirs) === undefined).toBe(chosen === undefined);
        }
      }),
    );
  });
});
