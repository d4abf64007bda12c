/** The driver's tests inside the other kernel, on several machines at once, and how each of them ended. */
import { runInOtherKernel } from './boot.js';
import { vitestCommand } from './vitest-command.js';

/** One run took two to six minutes on two processors. */
const timeLimitMs = 20 * 60_000;

/**
 * Runs all of them.
 *
 * @param {number} machines how many share the files
 * @returns {Promise<{ kernels: string[], tests: import('./reporter.js').InsideTest[] }>} `uname -r` of each
 *   machine, and the tests of all
 * @throws {Error} when a machine does not boot, ends early or has run no test
 */
export async function runInside(machines) {
  const signal = AbortSignal.timeout(timeLimitMs);
  const runs = await Promise.all(
    Array.from({ length: machines }, (_, i) =>
      runInOtherKernel(vitestCommand([`--shard=${i + 1}/${machines}`]), { signal }),
    ),
  );
  return { kernels: runs.map(({ kernel }) => kernel), tests: runs.flatMap(testsOf) };
}

/**
 * The tests of one machine.
 *
 * @param {Pick<import('./boot.js').Finished, 'status' | 'output' | 'report'>} run
 * @returns {import('./reporter.js').InsideTest[]}
 * @throws {Error} when there are none, or when vitest failed and no test did
 */
export function testsOf({ status, output, report }) {
  const tests = report === undefined ? [] : JSON.parse(report);
  const failed = tests.some(({ state }) => state === 'failed');
  if (tests.length > 0 && (status === 0 || failed)) return tests;
  const what = tests.length === 0 ? 'ran no test' : 'failed without a failed test';
  throw new Error(
    `vitest ${what} inside and ended with exit status ${status}. It said:\n${output}`,
  );
}
