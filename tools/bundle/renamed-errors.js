/** Finds classes of errors that a bundler has given another name, since two of one file had the same. */

/**
 * Looks at our own errors alone: those of packages set their names themselves.
 *
 * @param {string} code a file of the bundle, with the names of the modules that esbuild writes before each
 * @returns {string[]} the new names, for example `BackendError2`
 */
export function renamedErrors(code) {
  const modules = code.split(/^\/\/ (?=\S+\.[cm]?[jt]s$)/m);
  return modules
    .filter((text) => !text.split('\n', 1)[0].includes('node_modules/'))
    .flatMap((text) => text.match(/\b\w+Error\d+(?= = class\b)/g) ?? []);
}
