/** The rules themselves. Each finding is one sentence that names the file, what is wrong and what to do. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { allowedFor, mayImport } from './table.js';
import { importsOf, readPackages } from './workspace.js';

const scope = '@poplin/';

/**
 * Everything in a checkout that breaks a rule.
 *
 * @param {string} root the top of the checkout
 * @returns {string[]} one sentence each; empty when all is well
 */
export function findViolations(root) {
  const packages = readPackages(root);
  const byName = new Map(packages.map((one) => [one.name, one]));
  return packages.flatMap((one) => [
    ...unknownPackage(one),
    ...upwardDependencies(one),
    ...wrongReferences(one),
    ...one.sources.flatMap((file) =>
      importsOf(readFileSync(`${root}/${file}`, 'utf8')).flatMap((specifier) =>
        wrongImport(one, file, specifier, byName),
      ),
    ),
  ]);
}

function unknownPackage({ name, folder }) {
  if (name in mayImport) return [];
  return [
    `${folder}: package ${name} has no row in e2e/rules/table.js; say there what it may import`,
  ];
}

/** The packages of Poplin that a manifest names under one key. */
const workspaceNames = (manifest, key) =>
  Object.keys(manifest[key] ?? {})
    .filter((dependency) => dependency.startsWith(scope))
    .map((dependency) => dependency.slice(scope.length));

function upwardDependencies({ name, folder, manifest }) {
  const check = (key, isTest) =>
    workspaceNames(manifest, key)
      .filter((other) => !allowedFor(name, isTest).has(other))
      .map(
        (other) =>
          `${folder}/package.json: ${key} names ${scope}${other}, ${refusal(name, isTest)}`,
      );
  return [...check('dependencies', false), ...check('devDependencies', true)];
}

/** `tsc -b` builds by references, nx by dependencies: where they differ, one of them builds too late. */
function wrongReferences({ name, folder, manifest, references }) {
  if (references === undefined) return [];
  const dependencies = new Set(workspaceNames(manifest, 'dependencies'));
  const referenced = new Set(references.map((path) => posix.basename(path)));
  const missing = [...dependencies].filter((other) => !referenced.has(other));
  const extra = [...referenced].filter((other) => !dependencies.has(other));
  return [
    ...missing.map(
      (other) => `${folder}/tsconfig.json: add a reference to ${other}, ${name} depends on it`,
    ),
    ...extra.map(
      (other) =>
        `${folder}/tsconfig.json: drop the reference to ${other}, ${name} does not depend on it`,
    ),
  ];
}

function wrongImport(one, file, specifier, byName) {
  if (isBuiltin(specifier)) return [];
  if (specifier.startsWith('.')) return leavesPackage(one, file, specifier);
  const isTest = isTestFile(one, file);
  const [target, inside] = splitSpecifier(specifier);
  const found = [];
  if (target.startsWith(scope)) {
    const other = target.slice(scope.length);
    if (other !== one.name && !allowedFor(one.name, isTest).has(other))
      found.push(`${file}: imports ${target}, ${refusal(one.name, isTest)}`);
    if (inside && !byName.get(other)?.manifest.exports?.[`./${inside}`])
      found.push(
        `${file}: imports ${specifier}, which ${target} does not export; import from ${target}`,
      );
  }
  if (target !== one.manifest.name) found.push(...undeclared(one, file, target, isTest));
  return found;
}

function undeclared({ folder, manifest }, file, target, isTest) {
  const { dependencies, peerDependencies, devDependencies } = manifest;
  if (target in { ...dependencies, ...peerDependencies }) return [];
  if (!(target in { ...devDependencies }))
    return [`${file}: imports ${target}, which ${folder}/package.json does not name; add it there`];
  if (isTest) return [];
  return [
    `${file}: is built and imports ${target}, a development dependency; name it *.test.ts or exclude it in ${folder}/tsconfig.json`,
  ];
}

function leavesPackage({ folder }, file, specifier) {
  const target = posix.join(posix.dirname(file), specifier);
  if (target === folder || target.startsWith(`${folder}/`)) return [];
  return [
    `${file}: imports ${specifier} from outside its package; import the other package by name`,
  ];
}

/** What no build compiles is there for the tests only. */
const isTestFile = ({ exclude }, file) => exclude.some((pattern) => pattern.test(file));

/** `@scope/name/inside` → [`@scope/name`, `inside`]. */
function splitSpecifier(specifier) {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  return [parts.slice(0, length).join('/'), parts.slice(length).join('/')];
}

function refusal(name, isTest) {
  const allowed = [...allowedFor(name, isTest)].sort().join(', ') || 'nothing of Poplin';
  return `but ${name}${isTest ? ' in a test' : ''} may import: ${allowed} (e2e/rules/table.js)`;
}
