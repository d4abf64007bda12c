/** Vitest inside the other kernel: the driver's tests for any kernel, and those for what a host's kernel may lack. */
import { checkout } from '../setup/checkout.js';
import { leftOutFiles, leftOutTests } from './left-out.js';
import { InsideReporter } from './reporter.js';

/** A name as a regular expression that means just that. */
const literally = (name) => name.replace(/[()]/g, '\\$&');

/** One file after the other: there is one processor. */
const project = (name, order, { isolate, include, exclude = [] }) => ({
  extends: true,
  test: {
    name,
    include,
    exclude: ['**/node_modules/**', '**/dist/**', ...exclude],
    isolate,
    maxWorkers: 1,
    sequence: { groupOrder: order },
  },
});

/** @type {import('vitest/config').ViteUserConfig} */
export default {
  root: checkout,
  cacheDir: '/tmp/vite',
  resolve: { conditions: ['@poplin/source'] },
  ssr: { resolve: { conditions: ['@poplin/source', 'node', 'import', 'default'] } },
  test: {
    watch: false,
    reporters: ['default', new InsideReporter('/run/exchange/report')],
    testNamePattern: new RegExp(`^(?!.*(?:${leftOutTests.map(literally).join('|')})$)`),
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      // A file of the driver enters no namespace to stay. In one process it is a third cheaper: imports are dear here.
      project('driver', 1, {
        isolate: false,
        include: ['packages/netlink/src/**/*.{kernel,uml}.test.ts'],
        exclude: leftOutFiles,
      }),
      project('others', 2, {
        isolate: true,
        include: ['packages/!(netlink)/src/**/*.uml.test.ts', 'e2e/suites/**/*.uml.test.ts'],
      }),
    ],
  },
};
