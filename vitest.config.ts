import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './e2e/order/longest-first.js';
import { withoutUsing } from './tools/bundle/without-using.js';

const neverTests = ['**/node_modules/**', '**/dist/**'];

const filesOf = (rung: string) => [
  `packages/*/src/**/*.${rung}.test.ts`,
  `e2e/**/*.${rung}.test.ts`,
];

/** Files at once of the rung kernel, which waits half of its time: one more than processors, and no crowd. */
const waiting = Math.min(availableParallelism() + 1, 4);

/** Files of the driver that have a process of their own: one measures its memory, and both take long, so that they begin early. */
const alone = ['thread/leaks', 'sockets/sockets'].map(
  (file) => `packages/netlink/src/${file}.kernel.test.ts`,
);

/**
 * The rungs of docs/testing.md. A file's name says which one it stands on: `x.test.ts` needs nothing,
 * `x.kernel.test.ts` root, `x.lab.test.ts` root and etcd, `x.machine.test.ts` these and a machine on which no other lab is at work,
 * `x.interop.test.ts` other people's software.
 * `x.uml.test.ts` of a package runs inside another kernel, which the one file of the rung `uml` boots (e2e/uml).
 *
 * A file of the privileged rungs is a process of its own: it may enter a namespace and stay there. Those of one order run together,
 * one order after the other.
 */
const privileged = (
  name: string,
  order: number,
  {
    testTimeout = 180_000,
    atOnce = 1,
    include = filesOf(name),
    exclude = neverTests,
    isolate = true,
  },
) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude,
    pool: 'forks' as const,
    maxWorkers: atOnce,
    isolate,
    testTimeout,
    hookTimeout: 120_000,
    sequence: { groupOrder: order },
  },
});

/** What is tested is what is shipped, also where handles are let go. */
const using = {
  name: 'using',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    const text = id.endsWith('.ts') ? withoutUsing(id, code) : code;
    const [bare = '', map] = text.split('//# sourceMappingURL=data:application/json;base64,');
    return map ? { code: bare, map: Buffer.from(map, 'base64').toString() } : undefined;
  },
};

export default defineConfig({
  plugins: [using],
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
          exclude: ['**/*.{kernel,lab,machine,interop,uml}.test.ts', ...neverTests],
          sequence: { groupOrder: 0 },
        },
      },
      // Names of namespaces, folders and links of two files do not meet.
      privileged('kernel', 1, {
        testTimeout: 60_000,
        atOnce: waiting,
        include: [
          'packages/!(netlink)/src/**/*.kernel.test.ts',
          'e2e/**/*.kernel.test.ts',
          ...alone,
        ],
      }),
      // The driver's part of that rung: many short files that enter no namespace to stay, and share what they import.
      privileged('driver', 1, {
        testTimeout: 60_000,
        atOnce: waiting,
        include: ['packages/netlink/src/**/*.kernel.test.ts'],
        exclude: [...alone, ...neverTests],
        isolate: false,
      }),
      // A plugin waits five seconds for a daemon that restarts: no more starts at once than processors can carry.
      privileged('lab', 2, { atOnce: 2 }),
      privileged('machine', 3, {}),
      privileged('interop', 4, {}),
      privileged('uml', 5, { testTimeout: 60_000, include: ['e2e/uml/*.uml.test.ts'] }),
    ],
  },
});
