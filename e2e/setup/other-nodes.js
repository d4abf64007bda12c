/**
 * The Nodes that poplind is tried on besides the one that runs everything else, which is whoever's started set-up: one of each
 * release line that is looked after. npm has their programs as packages of their own.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { inCheckout } from './checkout.js';
import { run } from './command.js';

const folder = inCheckout('.cache/node');

/** Versions by the name that set-up gives them. */
export const otherNodes = { 'Node 22': '22.23.3', 'Node 24': '24.21.0', 'Node 26': '26.10.0' };

/** Where the program of a version is. */
export const nodeProgram = (version) => `${folder}/${version}/bin/node`;

/**
 * Unpacks the program of a version into `.cache/node/<version>`, whole or not at all.
 *
 * @param {string} version
 * @returns {Promise<string>} what was done, in a few words
 */
export async function unpackNode(version) {
  if (existsSync(nodeProgram(version))) return 'in place';
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(`${folder}/.${version}-`);
  try {
    const name = `node-linux-${process.arch}@${version}`;
    const [file] = (
      await run('npm', ['pack', '--silent', '--pack-destination', work, name], {
        remedy: `Is the npm registry reachable (npm ping), and has it ${name} (npm view ${name})?`,
      })
    ).split('\n');
    await run('tar', ['-xzf', `${work}/${file}`, '-C', work, 'package/bin/node'], {
      remedy: 'Is there space on the disk? Remove .cache/node and run this again.',
    });
    rmSync(`${folder}/${version}`, { recursive: true, force: true });
    renameSync(`${work}/package`, `${folder}/${version}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return `unpacked into .cache/node/${version}`;
}
