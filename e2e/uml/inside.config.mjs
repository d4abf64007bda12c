/** Vitest inside the other kernel: the driver's tests for any kernel, and those for what a host's kernel may lack. */
import { checkout } from '../setup/checkout.js';
import { leftOutFiles, leftOutTests } from './left-out.js';
import { InsideReporter } from './reporter.js';

/** @type {import('vitest/config').ViteUserConfig} */
/** A name as a regular expression that means just that. */
const literally = (name) => name.replace(/[()]/g, '\\$&');

export default {
  root: checkout,
  cacheDir: '/tmp/vite',
  resolve: { conditions: ['@poplin/source'] },
  ssr: { resolve: { conditions: ['@poplin/source', 'node', 'import', 'default'] } },
  test: {
    watch: false,
    reporters: ['default', new InsideReporter('/run/exchange/report')],
    include: [
      'packages/netlink/src/**/*.kernel.test.ts',
      'packages/*/src/**/*.uml.test.ts',
      'e2e/suites/**/*.uml.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', ...leftOutFiles],
    testNamePattern: new RegExp(`^(?!.*(?:${leftOutTests.map(literally).join('|')})$)`),
    pool: 'forks',
    fileParallelism: false,
    isolate: true,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
};
