import { defineConfig } from 'vitest/config';

/**
 * The rungs of docs/testing.md. A file's name says which one it stands on: `x.test.ts` needs nothing,
 * `x.kernel.test.ts` root, `x.lab.test.ts` root and etcd, `x.interop.test.ts` other people's software.
 * `x.uml.test.ts` of a package runs inside another kernel, which the one file of the rung `uml` boots (e2e/uml).
 *
 * The privileged rungs run one file at a time, each in a process of its own: a namespace belongs to a thread.
 */
const privileged = (
  name: string,
  order: number,
  testTimeout: number,
  include = [`packages/*/src/**/*.${name}.test.ts`, `e2e/**/*.${name}.test.ts`],
) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks' as const,
    fileParallelism: false,
    isolate: true,
    testTimeout,
    hookTimeout: 120_000,
    sequence: { groupOrder: order },
  },
});

export default defineConfig({
  resolve: { conditions: ['@poplin/source'] },
  ssr: { resolve: { conditions: ['@poplin/source', 'node', 'import', 'default'] } },
  test: {
    watch: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/{src,bench}/**/*.test.ts', 'e2e/**/*.test.ts'],
          exclude: ['**/*.{kernel,lab,interop,uml}.test.ts', '**/node_modules/**', '**/dist/**'],
          sequence: { groupOrder: 0 },
        },
      },
      privileged('kernel', 1, 60_000),
      privileged('lab', 2, 180_000),
      privileged('interop', 3, 180_000),
      privileged('uml', 4, 60_000, ['e2e/uml/*.uml.test.ts']),
    ],
  },
});
