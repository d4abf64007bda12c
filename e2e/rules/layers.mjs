/** `node e2e/rules/layers.mjs [checkout]`: fails when a package knows one that it must not know. */
import { fileURLToPath } from 'node:url';
import { findViolations } from './violations.js';

const root = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url));
const violations = findViolations(root);
for (const violation of violations) process.stdout.write(`${violation}\n`);
if (violations.length > 0) process.exitCode = 1;
