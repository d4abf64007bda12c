import { defineConfig } from 'vitest/config';

/**
 * The rungs of docs/testing.md. A file's name says which one it stands on: `x.test.ts` needs nothing,
 * `x.kernel.test.ts` root, `x.lab.test.ts` root and etcd, `x.interop.test.ts` other people's software.
 *
 * The privileged rungs run one file at a time, each in a process of its own: a namespace belongs to a thread.
 */
const privileged = (name: string, order: number, testTimeout: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`packages/*/src/**/*.${name}.test.ts`, `e2e/**/*.${name}.test.ts`],
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
          include: ['packages/*/src/**/*.test.ts', 'e2e/**/*.test.ts'],
          exclude: ['**/*.{kernel,lab,interop}.test.ts', '**/node_modules/**', '**/dist/**'],
          sequence: { groupOrder: 0 },
        },
      },
      privileged('kernel', 1, 60_000),
      privileged('lab', 2, 180_000),
      privileged('interop', 3, 180_000),
    ],
  },
});
