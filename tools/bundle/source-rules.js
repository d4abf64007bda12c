/** `createRequire(import.meta.url)('package')`: a package whose code runs when it is needed first. */
const required = /(createRequire\(import\.meta\.url\)\(\s*)'([^'#]+)'/g;

/** A package as the name of a file: `grpc-reflection` for `@grpc/reflection`. */
const fileOf = (name) => name.replace('@', '').replaceAll('/', '-');

/**
 * Each rule: words of a source, and others of the same meaning in a bundle. No line comes or goes, so that source maps stay right.
 *
 * - A package that is required later is a file of its own.
 * - Of a package a file is read: esbuild lays it beside the bundle.
 * - All of zod hangs on the object `z`, the messages in forty languages among it; of a namespace esbuild takes what is used.
 */
const rules = [
  [required, (_, call, name) => `${call}'./${fileOf(name)}.cjs'`],
  [
    /createRequire\(import\.meta\.url\)\.resolve\(('[^'#]+')\)/g,
    'new URL(require($1), import.meta.url)',
  ],
  [/^import \{ z \} from 'zod';$/gm, "import * as z from 'zod';"],
];

/** A thread by the name that the nearest package.json has for it: that of the bundle has them all. */
const threadByName = /createRequire\(import\.meta\.url\)\.resolve\('#[\w-]+'\)/g;

/** The folder of the package, from a module that lies as deep in it as the bundle. */
const packageFolder = /new URL\('\.\.', import\.meta\.url\)/g;

/** The packages that a module requires later: for each the name of its file and its own. */
export function packagesRequired(text) {
  return [...text.matchAll(required)].map(([, , name]) => [fileOf(name), name]);
}

/**
 * Applies the rules to a module.
 *
 * @param {string} path where it is
 * @param {string} text
 * @returns {string}
 * @throws {Error} for a module that asks in another way where it is: the bundle is elsewhere
 */
export function transformSource(path, text) {
  const known = [...rules.map(([words]) => words), threadByName];
  if (/\/src\/[^/]+$/.test(path)) known.push(packageFolder);
  const rest = known.reduce((code, words) => code.replace(words, ''), text);
  if (rest.includes('import.meta')) {
    throw new Error(`${path} asks where it is (import.meta) in a way that no rule knows`);
  }
  return rules.reduce((code, [words, others]) => code.replace(words, others), text);
}
