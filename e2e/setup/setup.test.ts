import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leanEnvironment } from './checkout.js';
import { run, SetupError } from './command.js';
import { buildInputs } from './fingerprint.js';
import { isOlder } from './node-version.js';
import { isInstalled } from './npm-packages.js';

describe('a command of set-up', () => {
  it('answers with what it printed', async () => {
    expect(await run('echo', ['hello'], { remedy: '' })).toBe('hello\n');
  });

  it('that fails tells the command, how it ended, its words and the remedy', async () => {
    const script = 'echo out; echo err >&2; exit 3';
    const error = await run('sh', ['-c', script], { remedy: 'Try harder.' }).catch((e) => e);
    expect(error).toBeInstanceOf(SetupError);
    expect(error).toMatchObject({
      message: 'sh ended with exit status 3',
      command: `sh -c ${script}`,
      output: expect.stringMatching(/^(out\nerr|err\nout)$/),
      remedy: 'Try harder.',
    });
  });

  it('that fails with many words tells the first ten lines and the last forty', async () => {
    const error = await run('sh', ['-c', 'seq 100; exit 1'], { remedy: '' }).catch((e) => e);
    const lines = error.output.split('\n');
    expect(lines.slice(0, 12)).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
      '…',
      '61',
    ]);
    expect(lines.at(-1)).toBe('100');
  });

  it('that does not exist is named', async () => {
    await expect(run('no-such-program', [], { remedy: '' })).rejects.toThrow(/no-such-program/);
  });
});

describe('the version of Node', () => {
  it.each([
    [[20, 18, 9], true],
    [[18, 99, 0], true],
    [[20, 19, 0], false],
    [[22, 0, 0], false],
  ])('%j is older than 20.19: %s', (found, expected) => {
    expect(isOlder(found, [20, 19])).toBe(expected);
  });
});

describe('node_modules', () => {
  const lock = (packages: object): object => ({ packages: { '': { name: 'x' }, ...packages } });

  const one = (entry: object): object => ({ 'node_modules/one': entry });

  it.each([
    ['is what the lock asks for', one({ version: '1' }), one({ version: '1' }), true],
    ['has another version', one({ version: '2' }), one({ version: '1' }), false],
    ['has other contents', one({ integrity: 'x' }), one({ integrity: 'y' }), false],
    ['lacks a package', one({ version: '1' }), {}, false],
    ['lacks one for another platform', one({ version: '1', optional: true }), {}, true],
  ])('%s', (_what, wanted, found, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'setup-'));
    try {
      const files = [join(folder, 'wanted'), join(folder, 'found')] as const;
      writeFileSync(files[0], JSON.stringify(lock(wanted)));
      writeFileSync(files[1], JSON.stringify(lock(found)));
      expect(isInstalled(...files)).toBe(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that was never installed, or not to the end, is not taken for installed', () => {
    expect(isInstalled('package-lock.json', join(tmpdir(), 'no-such-lock'))).toBe(false);
  });
});

describe('the inputs of the build', () => {
  const inputs: readonly string[] = buildInputs();

  it('have sources, contract and configuration', () => {
    for (const path of [
      'tsconfig.base.json',
      'package-lock.json',
      'packages/net/src/ip.ts',
      'packages/cni/Makefile',
      'proto/poplin/cni/v1/cni.proto',
      'e2e/lab/lab.ts',
    ])
      expect(inputs).toContain(path);
  });

  it('have nothing that the build makes, and no tests', () => {
    expect(inputs.filter((path) => /\/(dist|gen|build|node_modules)\//.test(path))).toEqual([]);
    expect(inputs.filter((path) => path.endsWith('.test.ts'))).toEqual([]);
  });
});

describe('the environment for what is run', () => {
  it('lacks NODE_EXTRA_CA_CERTS, which slows every start of Node', () => {
    process.env.NODE_EXTRA_CA_CERTS ??= '/nowhere';
    expect(leanEnvironment({ A: 'b' })).not.toHaveProperty('NODE_EXTRA_CA_CERTS');
    expect(leanEnvironment({ A: 'b' })).toMatchObject({ A: 'b' });
  });
});
