import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { build, packageDir } from './run-shim.js';

beforeAll(() => build('fuzz'));

describe('the decoders of the shim', () => {
  it('survive damaged configurations, trailers, messages and HTTP/2 conversations', () => {
    const seed = randomInt(2 ** 31);
    const run = () => execFileSync(join(packageDir, 'build', 'fuzz'), [`${seed}`, '20000']);
    expect(run, `again with: build/fuzz ${seed} 20000`).not.toThrow();
  });
});
