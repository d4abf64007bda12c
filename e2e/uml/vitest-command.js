/** The command line of vitest inside. */
import { fileURLToPath } from 'node:url';
import { inCheckout } from '../setup/checkout.js';
import { quote } from './machine.js';

const config = fileURLToPath(new URL('inside.config.mjs', import.meta.url));

/** Runs the tests of inside.config.mjs, with further arguments as vitest takes them. */
export function vitestCommand(args) {
  // CI: no line is drawn twice.
  const words = [
    'env',
    'CI=1',
    'NO_COLOR=1',
    process.execPath,
    inCheckout('node_modules/vitest/vitest.mjs'),
    'run',
  ];
  return [...words, `--config=${config}`, '--configLoader=runner', ...args].map(quote).join(' ');
}
