import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeError } from '@poplin/net';
import { ownFolder } from '../../own-folder.js';
import { BackendError } from './error.js';
import { entryOf, type Manifest } from './manifest.js';
import type { ExternalName } from './name.js';

/** A package of a backend, found on this host. */
export interface LocatedBackend extends ExternalName {
  /** Its folder, without symbolic links. */
  readonly folder: string;
  /** The module that exports the backend, absolute. */
  readonly entry: string;
  readonly manifest: Manifest;
}

/** Folders whose `node_modules` a package beside the daemon may be in: its own and those above. */
export function besideDaemon(): readonly string[] {
  return foldersAbove(resolve(fileURLToPath(ownFolder)));
}

/**
 * Finds the package of a backend.
 *
 * @param directories - looked in first, in this order: `DIRECTORY/node_modules/PACKAGE`.
 * @throws {BackendError} BACKEND_NOT_INSTALLED with the npm command that installs it; BACKEND_UNUSABLE when its package.json
 *   cannot be read or names no module.
 */
export function locateBackend(name: ExternalName, directories: readonly string[]): LocatedBackend {
  const { packageName } = name;
  for (const directory of [...directories, ...besideDaemon()]) {
    const folder = join(directory, 'node_modules', packageName);
    const manifest = readManifest(packageName, folder);
    if (manifest === undefined) continue;
    const entry = entryOf(manifest);
    if (entry === undefined) {
      throw new BackendError(
        'BACKEND_UNUSABLE',
        `${folder}/package.json names no module: it has neither "exports" nor "main"`,
      );
    }
    const real = realpathSync(folder);
    return { ...name, folder: real, entry: join(real, entry), manifest };
  }
  const [first] = directories;
  const prefix = first === undefined ? '' : `--prefix ${first} `;
  throw new BackendError(
    'BACKEND_NOT_INSTALLED',
    `backend "${name.type}" is not installed on this node: there is no package ${packageName} in ` +
      `${directories.map((one) => `${one}/node_modules`).join(', ') || 'any folder that was named'} or beside poplind`,
    { remedy: `On every node: npm install ${prefix}${packageName}` },
  );
}

/** Version of a package as a module in this folder would get it; undefined when it would get none. */
export function versionSeenFrom(folder: string, packageName: string): string | undefined {
  for (const above of foldersAbove(folder)) {
    if (above.endsWith(`${sep}node_modules`)) continue;
    const manifest = readManifest(packageName, join(above, 'node_modules', packageName));
    if (manifest?.version !== undefined) return manifest.version;
  }
  return undefined;
}

function foldersAbove(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}

/** @throws {BackendError} when it is there but cannot be read. */
function readManifest(packageName: string, folder: string): Manifest | undefined {
  const path = join(folder, 'package.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new BackendError(
      'BACKEND_UNUSABLE',
      `cannot read ${path}, the manifest of ${packageName}: ${describeError(cause)}`,
      { cause },
    );
  }
}
