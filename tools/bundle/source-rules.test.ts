import { describe, expect, it } from 'vitest';
import { packagesRequired, transformSource } from './source-rules.js';

const transform = (text: string): string => transformSource('/packages/daemon/src/rpc/a.ts', text);

describe('a source that is bundled', () => {
  it('requires a package later, from a file of its own', () => {
    const text = "const a = createRequire(import.meta.url)(\n  '@some/package',\n) as A;";
    expect(transform(text)).toBe(
      "const a = createRequire(import.meta.url)(\n  './some-package.cjs',\n) as A;",
    );
    expect(packagesRequired(text)).toEqual([['some-package', '@some/package']]);
  });

  it('reads a file of a package beside the bundle', () => {
    const text = "readFileSync(createRequire(import.meta.url).resolve('@poplin/api/descriptors'))";
    expect(transform(text)).toBe(
      "readFileSync(new URL(require('@poplin/api/descriptors'), import.meta.url))",
    );
  });

  it('takes of zod what it uses', () => {
    const text = "import { z } from 'zod';\nimport type { Log } from '@poplin/net';";
    expect(transform(text)).toBe(
      "import * as z from 'zod';\nimport type { Log } from '@poplin/net';",
    );
  });

  it('asks for threads by their names', () => {
    const text = "createRequire(import.meta.url).resolve('#a-thread')";
    expect(transform(text)).toBe(text);
  });

  it('knows the folder of its package where it lies as deep as the bundle', () => {
    const text = "export const ownFolder = new URL('..', import.meta.url);";
    expect(transformSource('/packages/daemon/src/own-folder.ts', text)).toBe(text);
    expect(() => transform(text)).toThrow(/a\.ts asks where it is/);
  });

  it('is refused when it asks for its own place otherwise', () => {
    expect(() => transform("new URL('../../../package.json', import.meta.url)")).toThrow(
      '/packages/daemon/src/rpc/a.ts asks where it is (import.meta) in a way that no rule knows',
    );
  });
});
