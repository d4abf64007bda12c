/** All steps of set-up, in order. Each looks first and does nothing where nothing is to be done. */

import { build } from './build.js';
import { isRoot } from './checkout.js';
import { unpackArchive } from './debian-archive.js';
import { compilerPackages, installPackages, labPackages } from './debian-packages.js';
import { checkNodeVersion } from './node-version.js';
import { installNpmPackages } from './npm-packages.js';
import { step } from './step.js';

/**
 * Puts in place what a target needs.
 *
 * @param {{ archives: readonly string[] }} needs Debian packages to unpack without installing them;
 *   left out for those who are not root, as they can run nothing that needs them
 */
export async function prepare({ archives }) {
  await step('Node', checkNodeVersion);
  await step('Debian packages', () => installPackages([...compilerPackages, ...labPackages]));
  for (const name of isRoot ? archives : []) await step(name, () => unpackArchive(name));
  await step('npm packages', installNpmPackages);
  await step('build', build);
}
