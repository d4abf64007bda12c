import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parseClusterConfig } from './index.js';

const readme = readFileSync(resolve(import.meta.dirname, '../../../../README.md'), 'utf8');
const [, example = ''] = /```yaml\n(# cluster\.yaml.*?)```/s.exec(readme) ?? [];

it('has the very defaults that the README shows', () => {
  expect(example).toContain('blockSize: 26');
  expect(parseClusterConfig(example)).toEqual(parseClusterConfig({}));
});
