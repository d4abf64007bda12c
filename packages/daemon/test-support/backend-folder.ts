import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder as `npm install --prefix FOLDER …` leaves it, with the packages of backends in it. */
export interface BackendFolder extends Disposable {
  readonly path: string;
  /** Puts a package there whose module is a file of `test-support/backends`. */
  install(packageName: string, file: string): void;
  /** Puts a package there whose module is this text, with more keys in its package.json. */
  write(packageName: string, text: string, manifest?: Readonly<Record<string, unknown>>): void;
}

/** Makes such a folder; `zod` is there, as the dependency of all of them. */
export function backendFolder(): BackendFolder {
  const path = mkdtempSync(join(tmpdir(), 'poplin-backends-'));
  const modules = join(path, 'node_modules');
  mkdirSync(modules);
  const zod = dirname(createRequire(import.meta.url).resolve('zod/package.json'));
  symlinkSync(zod, join(modules, 'zod'));
  const make = (name: string, manifest: Readonly<Record<string, unknown>> = {}): string => {
    const folder = join(modules, name);
    mkdirSync(folder, { recursive: true });
    const common = { name, version: '1.2.3', type: 'module', exports: './index.js' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...common, ...manifest }));
    return join(folder, 'index.js');
  };
  return {
    path,
    install: (name, file) =>
      cpSync(fileURLToPath(new URL(`backends/${file}`, import.meta.url)), make(name)),
    write: (name, text, manifest) => writeFileSync(make(name, manifest), text),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}
