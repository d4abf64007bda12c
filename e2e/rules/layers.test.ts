import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const layers = fileURLToPath(new URL('./layers.mjs', import.meta.url));

/** A checkout of two packages that breaks no rule. */
const goodTree = {
  'packages/net/package.json': manifest('net', {}),
  'packages/net/tsconfig.json': '{ "exclude": ["src/**/*.test.ts"] }',
  'packages/net/src/index.ts': 'export const one = 1;\n',
  'packages/netlink/package.json': manifest('netlink', { '@poplin/net': '0.1.0', koffi: '3' }),
  'packages/netlink/tsconfig.json': '{ "references": [{ "path": "../net" }] }',
  'packages/netlink/src/index.ts': lines(
    "import { readFileSync } from 'node:fs';",
    "import { one } from '@poplin/net';",
    "import koffi from 'koffi';",
    "export { two } from './two.js';",
  ),
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'layers-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the layer rules', () => {
  it('find nothing in this checkout', () => {
    expect(execFileSync(process.execPath, [layers], { encoding: 'utf8' })).toBe('');
  });

  it('find nothing in a tree that keeps them', () => {
    expect(check({})).toEqual({ status: 0, found: [] });
  });

  it('refuse an import that runs upward', () => {
    const { status, found } = check({
      'packages/net/package.json': manifest('net', { '@poplin/netlink': '0.1.0' }),
      'packages/net/tsconfig.json': '{ "references": [{ "path": "../netlink" }] }',
      'packages/net/src/index.ts': lines("import { Socket } from '@poplin/netlink';"),
    });
    expect(status).toBe(1);
    expect(found).toEqual([
      'packages/net/package.json: dependencies names @poplin/netlink, but net may import: nothing of Poplin (e2e/rules/table.js)',
      'packages/net/src/index.ts: imports @poplin/netlink, but net may import: nothing of Poplin (e2e/rules/table.js)',
    ]);
  });

  it('see an import across several lines, a re-export and a dynamic import', () => {
    const { found } = check({
      'packages/net/src/index.ts': lines('import {', '  Socket,', "} from '@poplin/netlink';"),
      'packages/net/src/again.ts': lines("export * from '@poplin/ipam';"),
      'packages/net/src/late.ts': lines("const api = await import('@poplin/api');"),
    });
    expect(found.filter((text) => text.includes('may import'))).toHaveLength(3);
  });

  it('overlook what a comment says', () => {
    const text = lines('/*', "import { Socket } from '@poplin/netlink';", '*/');
    expect(check({ 'packages/net/src/index.ts': text }).found).toEqual([]);
  });

  it('refuse a package that package.json does not name', () => {
    const { found } = check({ 'packages/net/src/index.ts': lines("import 'left-pad';") });
    expect(found).toEqual([
      'packages/net/src/index.ts: imports left-pad, which packages/net/package.json does not name; add it there',
    ]);
  });

  it('allow a development dependency only in what is not built', () => {
    const text = lines("import { it } from 'vitest';");
    expect(check({ 'packages/net/src/one.test.ts': text }).found).toEqual([]);
    expect(check({ 'packages/net/src/one.ts': text }).found).toEqual([
      'packages/net/src/one.ts: is built and imports vitest, a development dependency; name it *.test.ts or exclude it in packages/net/tsconfig.json',
    ]);
    const tsconfig = '{ "exclude": ["src/kit"] }';
    expect(
      check({ 'packages/net/tsconfig.json': tsconfig, 'packages/net/src/kit/one.ts': text }).found,
    ).toEqual([]);
  });

  it('refuse references that are not the dependencies', () => {
    expect(check({ 'packages/netlink/tsconfig.json': '{}' }).found).toEqual([
      'packages/netlink/tsconfig.json: add a reference to net, netlink depends on it',
    ]);
    expect(
      check({ 'packages/net/tsconfig.json': '{ "references": [{ "path": "../api" }] }' }).found,
    ).toEqual(['packages/net/tsconfig.json: drop the reference to api, net does not depend on it']);
  });

  it("refuse another package's insides, by name and by path", () => {
    const byName = lines("import { one } from '@poplin/net/src/index.js';");
    const byPath = lines("import { one } from '../../net/src/index.js';");
    expect(check({ 'packages/netlink/src/index.ts': byName }).found).toEqual([
      'packages/netlink/src/index.ts: imports @poplin/net/src/index.js, which @poplin/net does not export; import from @poplin/net',
    ]);
    expect(check({ 'packages/netlink/src/index.ts': byPath }).found).toEqual([
      'packages/netlink/src/index.ts: imports ../../net/src/index.js from outside its package; import the other package by name',
    ]);
  });

  it('refuse a package that the table does not know', () => {
    const { found } = check({ 'packages/shiny/package.json': manifest('shiny', {}) });
    expect(found).toEqual([
      'packages/shiny: package shiny has no row in e2e/rules/table.js; say there what it may import',
    ]);
  });
});

/** Writes the good tree with some files replaced and runs the rules over it. */
function check(changes: Record<string, string>) {
  rmSync(join(root, 'packages'), { recursive: true, force: true });
  for (const [path, text] of Object.entries({ ...goodTree, ...changes })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { status, stdout } = spawnSync(process.execPath, [layers, root], { encoding: 'utf8' });
  return { status, found: stdout.split('\n').filter(Boolean) };
}

function manifest(name: string, dependencies: Record<string, string>): string {
  return JSON.stringify({
    name: `@poplin/${name}`,
    exports: { '.': './dist/index.js' },
    dependencies,
    devDependencies: { vitest: '4' },
  });
}

function lines(...text: string[]): string {
  return `${text.join('\n')}\n`;
}
