import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const packages = new URL('../../', import.meta.url).pathname;

/** A project that has the package as npm would give it: from its tarball. */
let project: string;
let files: string[];

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'poplin-publish-'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  unpack('net');
  files = unpack('netlink');
  linkInstalled('koffi');
  linkInstalled('@types/node');
}, 60_000);

afterAll(() => rmSync(project, { recursive: true }));

/** Packs a package and unpacks it where a program of the project looks for it. */
function unpack(name: string): string[] {
  const target = join(project, 'node_modules/@poplin', name);
  mkdirSync(target, { recursive: true });
  const output = execFileSync('npm', ['pack', '--json', `--pack-destination=${project}`], {
    cwd: join(packages, name),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [tarball] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }];
  execFileSync('tar', ['-xzf', join(project, tarball.filename), '-C', target, '--strip=1']);
  return tarball.files.map(({ path }) => path);
}

function linkInstalled(name: string): void {
  const link = join(project, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(packages, '../node_modules', name), link);
}

function run(source: string): string {
  const file = join(project, 'program.mjs');
  writeFileSync(file, source);
  return execFileSync(process.execPath, [file], { encoding: 'utf8' });
}

describe('what is published', () => {
  it('is the library with its sources, licence and README, and no test', () => {
    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/thread/main.js']),
    );
    for (const file of files) {
      expect(file).toMatch(/^(package\.json|README\.md|LICENSE|(dist|src)\/.*\.(js|ts|map))$/);
      expect(file).not.toContain('.test.');
    }
  });

  it('imports', () => {
    const program = `
      import * as netlink from '@poplin/netlink';
      import * as raw from '@poplin/netlink/raw';
      console.log(typeof netlink.openNetlink, typeof raw.Attributes);
    `;
    expect(run(program)).toBe('function function\n');
  });

  it('hides what is not exported', () => {
    const hidden = ['@poplin/netlink', 'dist/socket/executor.js'].join('/');
    const program = `
      const name = ${JSON.stringify(hidden)};
      const code = await import(name).catch((error) => error.code);
      console.log(code);
    `;
    expect(run(program)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  it('has types that a strict project takes, also without skipLibCheck', () => {
    writeFileSync(
      join(project, 'program.ts'),
      `import { openNetlink, type Route } from '@poplin/netlink';
       import { Attributes } from '@poplin/netlink/raw';
       using netlink = openNetlink();
       const routes: readonly Route[] = await netlink.route.list({ family: 'ipv4' });
       // @ts-expect-error: there is no such scope
       const scope: Route['scope'] = 'nowhere near';
       export { Attributes, routes, scope };`,
    );
    const tsc = join(packages, '../node_modules/typescript/bin/tsc');
    const flags = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--types', 'node'];
    const platform = [
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2023,esnext.disposable',
    ];
    const check = (): string =>
      execFileSync(process.execPath, [tsc, ...flags, ...platform, 'program.ts'], {
        cwd: project,
        encoding: 'utf8',
      });
    expect(check()).toBe('');
  }, 60_000);
});
