/** Is this Node new enough? */
import { readFileSync } from 'node:fs';
import { inCheckout } from './checkout.js';
import { SetupError } from './command.js';

/**
 * @returns {string} the version in a few words
 * @throws {SetupError} when it is older than package.json asks for
 */
export function checkNodeVersion() {
  const { engines } = JSON.parse(readFileSync(inCheckout('package.json'), 'utf8'));
  const wanted = engines.node.replace('>=', '').split('.').map(Number);
  const found = process.versions.node.split('.').map(Number);
  if (isOlder(found, wanted))
    throw new SetupError(`Node ${process.versions.node} is too old, Poplin needs ${engines.node}`, {
      remedy: 'Install a newer Node, for example from https://nodejs.org, and run this again.',
    });
  return `v${process.versions.node}`;
}

/** Compares versions part by part; a missing part is 0. */
export function isOlder(found, wanted) {
  for (const [index, part] of wanted.entries()) {
    const other = found[index] ?? 0;
    if (other !== part) return other < part;
  }
  return false;
}
