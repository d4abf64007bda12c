import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './e2e/order/longest-first.js';

/**
 * The rungs of docs/testing.md. A file's name says which one it stands on: `x.test.ts` needs nothing,
 * `x.kernel.test.ts` root, `x.lab.test.ts` root and etcd, `x.machine.test.ts` these and a machine on which no other lab is at work,
 * `x.interop.test.ts` other people's software.
 * `x.uml.test.ts` of a package runs inside another kernel, which the one file of the rung `uml` boots (e2e/uml).
 *
 * A file of the privileged rungs is a process of its own: a namespace belongs to a thread. One rung runs after the other.
 */
const privileged = (
  name: string,
  order: number,
  { testTimeout = 180_000, atOnce = 1, include = filesOf(name) },
) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks' as const,
    maxWorkers: atOnce,
    isolate: true,
    testTimeout,
    hookTimeout: 120_000,
    sequence: { groupOrder: order },
  },
});

const filesOf = (rung: string) => [
  `packages/*/src/**/*.${rung}.test.ts`,
  `e2e/**/*.${rung}.test.ts`,
];

export default defineConfig({
  resolve: { conditions: ['@poplin/source'] },
  ssr: { resolve: { conditions: ['@poplin/source', 'node', 'import', 'default'] } },
  test: {
    watch: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          testTimeout: 30_000,
          // Half of the time would go into importing the same modules anew for each file.
          isolate: false,
          maxWorkers: availableParallelism(),
          include: ['packages/*/{src,bench}/**/*.test.ts', '{e2e,tools}/**/*.test.ts'],
          exclude: [
            '**/*.{kernel,lab,machine,interop,uml}.test.ts',
            '**/node_modules/**',
            '**/dist/**',
          ],
          sequence: { groupOrder: 0 },
        },
      },
      // Names of namespaces, folders and links of two files do not meet, and each waits for the kernel most of its time.
      privileged('kernel', 1, { testTimeout: 60_000, atOnce: 2 }),
      privileged('lab', 2, { atOnce: 2 }),
      privileged('machine', 3, {}),
      privileged('interop', 4, {}),
      privileged('uml', 5, { testTimeout: 60_000, include: ['e2e/uml/*.uml.test.ts'] }),
    ],
  },
});
