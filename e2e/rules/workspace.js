/** Reads the packages of a checkout: what they declare, and what their sources import. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Folders with files that nobody wrote, or that are of a package that is yet to be. */
const generated = new Set(['node_modules', 'dist', 'bundle', 'gen', 'build', 'template']);

/**
 * @typedef {{ name: string, folder: string, manifest: Record<string, any>, references: string[] | undefined,
 *   exclude: RegExp[], sources: string[] }} Package
 */

/**
 * All packages of a checkout, each with its short name (`net` for `@poplin/net`).
 *
 * @param {string} root the top of the checkout
 * @returns {Package[]}
 */
export function readPackages(root) {
  const folders = readdirSync(`${root}/packages`).map((name) => `packages/${name}`);
  if (existsSync(`${root}/e2e`)) folders.push('e2e');
  return folders
    .filter((folder) => existsSync(`${root}/${folder}/package.json`))
    .map((folder) => readPackage(root, folder));
}

function readPackage(root, folder) {
  const manifest = readJson(`${root}/${folder}/package.json`);
  const tsconfig = `${root}/${folder}/tsconfig.json`;
  const { references = [], exclude = [] } = existsSync(tsconfig) ? readJson(tsconfig) : {};
  return {
    name: manifest.name.replace('@poplin/', ''),
    folder,
    manifest,
    references: existsSync(tsconfig) ? references.map(({ path }) => path) : undefined,
    exclude: existsSync(tsconfig) ? exclude.map((glob) => globPattern(`${folder}/${glob}`)) : [/./],
    sources: sourcesUnder(root, folder),
  };
}

/** A glob of tsconfig.json as a pattern for a whole path: `**` and `/` for any folders, `*` within a name. */
function globPattern(glob) {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const parts = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' };
  return new RegExp(`^${escaped.replace(/\*\*\/|\*\*|\*/g, (part) => parts[part])}(?:/|$)`);
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function sourcesUnder(root, folder) {
  return readdirSync(`${root}/${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return generated.has(entry.name) ? [] : sourcesUnder(root, path);
    return /\.(ts|mts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

/** `import … from 'x'`, `export … from 'x'`, `import 'x'` at the start of a line, and `import('x')` anywhere. */
const importForms = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
];

/** The specifiers that a source text imports. */
export function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return importForms.flatMap((form) => [...code.matchAll(form)].map(([, specifier]) => specifier));
}
