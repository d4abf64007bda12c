/** Installs what package-lock.json asks for, unless node_modules already is that. */
import { existsSync, readFileSync } from 'node:fs';
import { checkout, inCheckout } from './checkout.js';
import { run } from './command.js';

/**
 * What npm itself wrote down about node_modules. It writes this file last, so an interrupted install
 * leaves none.
 */
const installedLock = inCheckout('node_modules/.package-lock.json');

/**
 * @returns {Promise<string>} what was done, in a few words
 */
export async function installNpmPackages() {
  if (isInstalled(inCheckout('package-lock.json'), installedLock)) return 'in place';
  // Not `npm ci`: it refuses a lock that lacks packages for other platforms, and a registry that mirrors
  // only some platforms yields such a lock (docs/decisions/0008). The lock is obeyed and left as it is.
  // The level of .npmrc is silent; the words of a failed install are wanted here.
  await run('npm', ['install', '--no-save', '--loglevel=error', '--no-fund', '--no-audit'], {
    remedy: `Is the npm registry reachable (npm ping), is package-lock.json unchanged (git -C ${checkout} status)?`,
  });
  return 'installed';
}

/**
 * Compares a lock file with npm's record of what it installed.
 *
 * @param {string} wantedFile package-lock.json
 * @param {string} foundFile the record in node_modules
 */
export function isInstalled(wantedFile, foundFile) {
  if (!existsSync(foundFile)) return false;
  const wanted = JSON.parse(readFileSync(wantedFile, 'utf8')).packages;
  const found = JSON.parse(readFileSync(foundFile, 'utf8')).packages;
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, entry]) =>
      found[path] ? sameEntry(entry, found[path]) : isForOtherPlatforms(entry),
    );
}

const sameEntry = (a, b) =>
  a.version === b.version && a.integrity === b.integrity && a.link === b.link;

/** npm leaves out optional packages whose os, cpu or libc is not ours, and what only they need. */
const isForOtherPlatforms = (entry) => entry.optional === true || entry.devOptional === true;
