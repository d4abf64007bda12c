import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackendName } from './package-name.js';

const ownFolder = fileURLToPath(new URL('..', import.meta.url));
const template = join(ownFolder, 'template');

/** npm leaves a `.gitignore` out of a package. */
const renamed: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/**
 * Writes a whole package of a backend.
 *
 * @param folder - absolute; made where it is missing.
 * @returns the files that were written, relative to the folder.
 * @throws {Error} when there is something in the folder; nothing is written then.
 */
export function createBackend(name: BackendName, folder: string): readonly string[] {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty; choose another name or --folder`);
  const versions = readVersions();
  return filesIn(template).map((file) => {
    const text = fill(readFileSync(join(template, file), 'utf8'), name, versions);
    const target = renamed[file] ?? file;
    mkdirSync(dirname(join(folder, target)), { recursive: true });
    writeFileSync(join(folder, target), text, { flag: 'wx' });
    return target;
  });
}

function fill(text: string, name: BackendName, versions: Readonly<Record<string, string>>): string {
  return text
    .replaceAll('__PACKAGE__', name.packageName)
    .replaceAll('__TYPE__', name.type)
    .replace(/__VERSION:(.+?)__/g, (_, dependency: string) => {
      const version = versions[dependency];
      if (version === undefined) throw new Error(`no version of ${dependency} is known`);
      return /^\d/.test(version) ? `^${version}` : version;
    });
}

/** What this package was tested with: the generated one gets the same. */
function readVersions(): Readonly<Record<string, string>> {
  const manifest = JSON.parse(readFileSync(join(ownFolder, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  return manifest.devDependencies;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
