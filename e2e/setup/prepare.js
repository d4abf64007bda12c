/** All steps of set-up, in order. Each looks first and does nothing where nothing is to be done. */

import { build } from './build.js';
import { isRoot } from './checkout.js';
import { unpackArchive } from './debian-archive.js';
import { compilerPackages, installPackages, labPackages } from './debian-packages.js';
import { checkNodeVersion } from './node-version.js';
import { installNpmPackages } from './npm-packages.js';
import { unpackNode } from './other-nodes.js';
import { step } from './step.js';

/**
 * Puts in place what a target needs.
 *
 * @param {{ archives: readonly string[], nodes?: Readonly<Record<string, string>> }} needs Debian packages to unpack without
 *   installing them, and versions of Node by their names; left out for those who are not root, as they can run nothing that
 *   needs them
 */
export async function prepare({ archives, nodes = {} }) {
  await step('Node', checkNodeVersion);
  await step('Debian packages', () => installPackages([...compilerPackages, ...labPackages]));
  for (const name of isRoot ? archives : []) await step(name, () => unpackArchive(name));
  for (const [name, version] of isRoot ? Object.entries(nodes) : [])
    await step(name, () => unpackNode(version));
  await step('npm packages', installNpmPackages);
  await step('build', build);
}
