import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkout } from '../lab/index.js';

const page = readFileSync(join(checkout, 'docs/writing-a-backend.md'), 'utf8');
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');

/** Code of the page, and the file that the comment before it names. */
const excerpts = [...page.matchAll(/<!-- (\S+) -->\n```ts\n([\s\S]*?)```/g)].map(
  ([, path = '', code = '']) => ({ path, code }),
);

it.each(excerpts)('shows what is in $path', ({ path, code }) => {
  expect(read(path)).toContain(code);
});

it('shows no code that is nowhere else', () => {
  expect(page.match(/```ts\n/g)).toHaveLength(excerpts.length);
});

it('names files of a new backend that the generator writes', () => {
  const files = [...page.matchAll(/^\| `((?:src|test)\/\S+)` \|/gm)].map(([, file = '']) => file);
  expect(files).toHaveLength(5);
  for (const file of files) read(join('packages/create-poplin-backend/template', file));
});

it('says the limits that are in force', () => {
  const limits = read('packages/daemon/src/backend/external/limits.ts');
  expect(limits).toMatch(/answerMs: 5_000,[^}]*backoffMs: 1_000,\n {2}maxBackoffMs: 60_000,/);
  expect(limits).toMatch(/forgiveMs: 60_000,[^}]*heapMib: 256,\n {2}maxAnswer: 8 \* 1024 \* 1024,/);
  expect(read('packages/daemon/src/backend/external/protocol.ts')).toMatch(/maxPublished = 65_536/);
  const noise = read('packages/daemon/src/backend/external/thread/noise.ts');
  expect(noise).toMatch(/burst = 50;\nconst perSecond = 10;/);
});

it('shows the configuration that the README of the example shows, and that runs in the lab', () => {
  const [, type, node] = /type: (hub)\n[\s\S]*?node: (n1)/.exec(page) ?? [];
  expect([type, node]).toEqual(['hub', 'n1']);
  expect(read('e2e/suites/external-backend.lab.test.ts')).toContain(
    "{ hub: { node: 'n1', addresses:",
  );
});
