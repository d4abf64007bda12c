import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { faultsOf } from './faults.js';
import { foldersOfOthers } from './folders-of-others.js';
import { neverParsed } from './never-asked.js';
import { ownSources } from './own-sources.js';

/** What packages in CommonJS find in Node and not in a module. */
const moduleBanner = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);
const bundleFolder = import.meta.dirname;`;

/**
 * Bundles a program into the folder `bundle` of its package, anew: modules that share what they share, and each package that is
 * required later as a file of its own, so that a start does not read it.
 *
 * @param {string} folder of the package
 * @param {Record<string, string>} entries name of each file that is started, and its source relative to the package
 * @throws {Error} when a module is not found, or would not be in a bundle what it is outside of it
 */
export async function bundleProgram(folder, entries) {
  const outdir = join(folder, 'bundle');
  rmSync(outdir, { recursive: true, force: true });
  const later = new Map();
  const options = {
    absWorkingDir: folder,
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    metafile: true,
  };
  const modules = await build({
    ...options,
    entryPoints: entries,
    format: 'esm',
    splitting: true,
    conditions: ['@poplin/source'],
    // A binary, which it looks for beside itself.
    external: ['koffi'],
    loader: { '.binpb': 'file' },
    banner: { js: moduleBanner },
    plugins: [ownSources(later), foldersOfOthers(outdir), neverParsed()],
  });
  const packages = await build({
    ...options,
    entryPoints: Object.fromEntries(later),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    banner: { js: 'const bundleFolder = __dirname;' },
    plugins: [foldersOfOthers(outdir), neverParsed()],
  });
  const outputs = [
    ...Object.keys(modules.metafile.outputs),
    ...Object.keys(packages.metafile.outputs),
  ];
  const faults = outputs
    .filter((name) => /\.c?js$/.test(name))
    .flatMap((name) => faultsOf(readFileSync(join(folder, name), 'utf8')));
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
