import fc from 'fast-check';
import { expect, it } from 'vitest';
import { entryOf, type Manifest } from './manifest.js';

it.each<[string, Manifest, string | undefined]>([
  ['a text', { exports: './dist/index.js', main: 'old.js' }, './dist/index.js'],
  ['conditions', { exports: { types: './x.d.ts', import: './x.js', default: './y.js' } }, './x.js'],
  [
    'the root of several',
    { exports: { './more': './m.js', '.': { default: './r.js' } } },
    './r.js',
  ],
  [
    'conditions inside of conditions',
    { exports: { '.': { node: { import: './n.js' } } } },
    './n.js',
  ],
  ['the first usable of a list', { exports: [{ browser: './b.js' }, './n.js'] }, './n.js'],
  ['main where there are no exports', { main: './main.js' }, './main.js'],
  ['index.js where there is nothing', {}, 'index.js'],
  ['nothing for other conditions only', { exports: { browser: './b.js' } }, undefined],
  ['nothing outside of the package', { exports: '../../evil.js' }, undefined],
])('finds %s', (_, manifest, entry) => {
  expect(entryOf(manifest)).toBe(entry);
});

it('takes any manifest without a throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (exports, main) => {
      const entry = entryOf({ exports, main });
      expect(entry === undefined || typeof entry === 'string').toBe(true);
    }),
  );
});
