/** Writes down how the tests inside ended, for who booted the machine. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { checkout } from '../setup/checkout.js';

/**
 * A test that ran inside.
 *
 * @typedef {object} InsideTest
 * @property {string} file its path in the checkout
 * @property {string} name with those of the groups it is in, separated by ` > `
 * @property {'passed' | 'failed' | 'skipped'} state
 * @property {string} message why it failed: the stack inside, expected and received
 */

/** A reporter of vitest: the tests, and what failed outside of any test as if it were one. */
export class InsideReporter {
  /** @param {string} path of the file to write: an array of {@link InsideTest}, as JSON */
  constructor(path) {
    this.path = path;
  }

  /** Called by vitest when all files have been run. */
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => testsOf(module));
    const stray = failures('vitest', 'no error outside of the tests', unhandledErrors);
    writeFileSync(this.path, JSON.stringify([...tests, ...stray]));
  }
}

/** @returns {InsideTest[]} */
function testsOf(module) {
  const file = relative(checkout, module.moduleId);
  const tests = [...module.children.allTests()].map((test) => {
    const { state, errors = [] } = test.result();
    // One that never ran, as its file's process died, is still pending.
    const known = state === 'pending' ? 'failed' : state;
    return { file, name: test.fullName, state: known, message: errors.map(words).join('\n') };
  });
  // Of a file that cannot be loaded, or whose hooks fail.
  const groups = [module, ...module.children.allSuites()];
  return [
    ...tests,
    ...groups.flatMap((group) => failures(file, 'loads and cleans up', group.errors())),
  ];
}

/** @returns {InsideTest[]} */
function failures(file, name, errors) {
  return errors.map((error) => ({ file, name, state: 'failed', message: words(error) }));
}

function words({ message, stack = '', diff }) {
  // The stack of a test that timed out has not its message.
  const told = stack.includes(message) ? stack : `${message}\n${stack}`;
  return [told, ...(diff ? [diff] : [])].join('\n');
}
