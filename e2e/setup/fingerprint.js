/** A hash over all that the build reads, so that a build can be skipped without starting a build tool. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { inCheckout } from './checkout.js';

/** Folders that the build writes or that are another's business. */
const outputs = new Set(['node_modules', 'dist', 'bundle', 'gen', 'build', '.cache', '.nx']);

/** Files at the top that change what the build does. */
const topFiles = ['package-lock.json', 'nx.json', 'tsconfig.base.json'];

/** True for a file that the build does not read. */
const isIrrelevant = (name) => name.endsWith('.md') || name.endsWith('.test.ts');

/** All files that the build reads, relative to the checkout, in a stable order. */
export function buildInputs() {
  return [
    ...topFiles,
    ...['packages', 'proto', 'e2e', 'tools/bundle'].flatMap((folder) => filesUnder(folder)),
  ];
}

function filesUnder(folder) {
  return readdirSync(inCheckout(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return outputs.has(entry.name) ? [] : filesUnder(path);
      return entry.isFile() && !isIrrelevant(entry.name) ? [path] : [];
    });
}

/** SHA-256 over names and contents of the build's inputs, and the version of Node. */
export function buildFingerprint() {
  const hash = createHash('sha256').update(process.version);
  for (const path of buildInputs()) {
    const content = readFileSync(inCheckout(path));
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
