import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.js';
import { createBackend } from './create.js';
import { readName } from './package-name.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'create-poplin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the name of a new backend', () => {
  it.each([
    ['my-net', 'poplin-backend-my-net', 'my-net'],
    ['poplin-backend-my-net', 'poplin-backend-my-net', 'my-net'],
    ['@acme/my-net', '@acme/poplin-backend-my-net', '@acme/my-net'],
    ['@acme/poplin-backend-my-net', '@acme/poplin-backend-my-net', '@acme/my-net'],
    ['@acme/vxlan', '@acme/poplin-backend-vxlan', '@acme/vxlan'],
  ])('%s is package %s, type %s', (given, packageName, type) => {
    expect(readName(given)).toMatchObject({ packageName, type });
  });

  it.each([
    '',
    'My-Net',
    'a b',
    '../evil',
    '@acme',
    'a/b/c',
    '.hidden',
    'poplin-backend-',
    'x'.repeat(201),
  ])('%j is refused with an example', (given) =>
    expect(() => readName(given)).toThrow(/my-net or @acme\/my-net/),
  );

  it.each(['vxlan', 'poplin-backend-host-gw'])('%s is taken', (given) => {
    expect(() => readName(given)).toThrow(/has a backend ".*" already/);
  });
});

describe('the command line', () => {
  it('takes a name, and a folder', () => {
    expect(readCommandLine(['my-net'])).toEqual({ kind: 'create', name: 'my-net' });
    expect(readCommandLine(['x', '--folder', 'y'])).toEqual({
      kind: 'create',
      name: 'x',
      folder: 'y',
    });
    expect(readCommandLine(['--help'])).toEqual({ kind: 'help' });
  });

  it.each([[[]], [['a', 'b']], [['a', '--flod', 'b']]])('refuses %j', (argv) => {
    expect(() => readCommandLine(argv)).toThrow();
  });
});

describe('a new backend', () => {
  it('is a package with every file, and nothing left to fill in', () => {
    const target = join(folder, 'new');
    const files = createBackend(readName('@acme/my-net'), target);
    expect(files).toEqual(
      [
        ...['.gitignore', 'README.md', 'package.json', 'tsconfig.json', 'tsconfig.test.json'],
        ...['index', 'backend', 'options', 'peer-data', 'plan'].map((one) => `src/${one}.ts`),
        'test/conformance.test.ts',
      ].sort((a, b) => files.indexOf(a) - files.indexOf(b)),
    );
    for (const file of files)
      expect(readFileSync(join(target, file), 'utf8'), file).not.toMatch(/__[A-Z]/);
    const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      name: '@acme/poplin-backend-my-net',
      dependencies: { '@poplin/backend': '^0.1.0' },
    });
  });

  it('goes into a folder that is there and empty, and into no other', () => {
    createBackend(readName('my-net'), folder);
    const before = readdirSync(folder);
    expect(() => createBackend(readName('my-net'), folder)).toThrow(/is not empty/);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('does not write into a folder of somebody else’s, whatever is in there', () => {
    mkdirSync(join(folder, 'own'));
    writeFileSync(join(folder, 'own/notes.txt'), 'mine');
    expect(() => createBackend(readName('my-net'), join(folder, 'own'))).toThrow(/not empty/);
    expect(readdirSync(join(folder, 'own'))).toEqual(['notes.txt']);
  });
});

it('needs no package to run: its modules import what Node has', () => {
  const here = new URL('.', import.meta.url).pathname;
  const { stdout } = spawnSync(
    'grep',
    ['-rhoE', "from '[^.'][^']*'", here, '--exclude=*.test.ts'],
    {
      encoding: 'utf8',
    },
  );
  const imported = new Set(stdout.trim().split('\n'));
  for (const one of imported) expect(one).toMatch(/^from 'node:/);
});
