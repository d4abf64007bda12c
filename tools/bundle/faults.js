/** What in a bundle would not be what it is outside. */
import { neverAsked } from './never-asked.js';

/**
 * Looks through a file of a bundle, module by module.
 *
 * @param {string} code with the name of each module before it, as esbuild writes it
 * @returns {string[]} one sentence each
 */
export function faultsOf(code) {
  const modules = code.split(/^\/\/ (?=\S+\.[cm]?[jt]s$)/m).slice(1);
  return modules.flatMap((text) => {
    const [name = ''] = text.split('\n', 1);
    return [
      ...(name.includes('node_modules/') ? lostFolder(name, text) : renamedErrors(name, text)),
      ...usedByEsbuild(name, text),
    ];
  });
}

/** A package reads files that are beside it, and will not find them beside the bundle. */
function lostFolder(name, text) {
  // Not where a comment says it.
  if (!/^(?!\s*\*).*\b__dirname\b/m.test(text) || neverAsked.test(name)) return [];
  return [`${name} reads its own folder: name it in tools/bundle/folders-of-others.js`];
}

/** Of two classes of one name a bundler renames one; a PoplinError is called after its class, also in the log. */
function renamedErrors(name, text) {
  const renamed = text.match(/\b\w+Error\d+(?= = class\b)/g) ?? [];
  return renamed.map((other) => `${name}: ${other} is not its name; another class has it, too`);
}

/** See `without-using.js`. */
function usedByEsbuild(name, text) {
  return /\b__using\(/.test(text) ? [`${name}: \`using\` is put into other words by esbuild`] : [];
}
