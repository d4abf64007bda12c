/** `count.mjs REPORT STATUS`: prints how many tests of a vitest JSON report passed, and how many failed. */
import { existsSync, readFileSync } from 'node:fs';

const [report, status] = process.argv.slice(2);
const { passed, failed } = count();
// A run that failed without a failed test (an error outside of any, no report at all) is one failure.
const silentFailure = failed === 0 && status !== '0' ? 1 : 0;
process.stdout.write(`${passed} ${failed + silentFailure}\n`);

function count() {
  if (!report || !existsSync(report)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + brokenFiles.length };
}
