/** Makes few large files of a program: Node starts them in a third of the time that a thousand small ones take (docs/decisions/0022). */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { foldersOfOthers } from './folders-of-others.js';
import { ownSources } from './own-sources.js';
import { renamedErrors } from './renamed-errors.js';

/** What packages in CommonJS find in Node and not in a module. */
const banner = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);
const bundleFolder = import.meta.dirname;`;

/**
 * Bundles a program into the folder `bundle` of its package, anew.
 *
 * @param {URL} packageFolder
 * @param {Record<string, string>} entries name of each file that is started, the program and its threads, and its source
 * @throws {Error} when a module is not found, or would not be in a bundle what it is outside of it
 */
export async function bundleProgram(packageFolder, entries) {
  const folder = fileURLToPath(packageFolder);
  const outdir = join(folder, 'bundle');
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: entries,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['@poplin/source'],
    // A binary, which it looks for beside itself.
    external: ['koffi'],
    loader: { '.binpb': 'file' },
    banner: { js: banner },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'eof',
    logLevel: 'warning',
    metafile: true,
    plugins: [ownSources(), foldersOfOthers(outdir)],
  });
  const files = Object.keys(metafile.outputs).filter((name) => name.endsWith('.js'));
  const renamed = files.flatMap((name) => renamedErrors(readFileSync(join(folder, name), 'utf8')));
  if (renamed.length > 0) {
    throw new Error(`two classes of errors have one name, which the log shows: ${renamed}`);
  }
}
