/** `npm run setup`: puts in place all that demo, tests and benchmarks need. A second run only looks. */
import { archives } from './debian-archive.js';
import { returnToOwner } from './ownership.js';
import { prepare } from './prepare.js';
import { reportFailure } from './step.js';

try {
  await prepare({ archives: Object.keys(archives) });
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
} finally {
  returnToOwner();
}
