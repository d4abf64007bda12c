import fc from 'fast-check';
import { expect, it } from 'vitest';
import { externalName } from './name.js';

it.each([
  ['foo', 'foo', 'poplin-backend-foo'],
  ['poplin-backend-foo', 'foo', 'poplin-backend-foo'],
  ['@scope/foo', '@scope/foo', '@scope/poplin-backend-foo'],
  ['@scope/poplin-backend-foo', '@scope/foo', '@scope/poplin-backend-foo'],
])('takes %s as %s of package %s', (given, type, packageName) => {
  expect(externalName(given)).toEqual({ type, packageName });
});

it.each([
  '',
  'Foo',
  '../foo',
  'a/b',
  '@scope',
  '@scope/',
  '/etc/passwd',
  'poplin-backend-',
  '.',
  '@../x',
])('takes %j as no name of a package', (given) => expect(externalName(given)).toBeUndefined());

it('leads from both names to the same backend, and never out of node_modules', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^(@[a-z.~/-]+\/)?[a-z.~/-]+$/)),
      (given) => {
        const name = externalName(given);
        if (!name) return;
        expect(externalName(name.type)).toEqual(name);
        expect(externalName(name.packageName)).toEqual(name);
        expect(name.packageName.split('/').every((part) => part !== '..' && part !== '.')).toBe(
          true,
        );
        expect(name.packageName.split('/').length).toBeLessThanOrEqual(2);
      },
    ),
  );
});
