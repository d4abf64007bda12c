import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runInside } from './inside.js';
import { leftOutTests } from './left-out.js';
import type { InsideTest } from './reporter.js';

/** A machine has one processor. More than four have too few files each to be worth their start. */
const machines = Math.min(availableParallelism(), 4);

// Before the first test is named: what runs inside is known when it has run.
const { kernels, tests } = await runInside(machines);
const files = new Set(tests.map(({ file }) => file));

describe(`inside Linux ${kernels[0]}, user-mode-linux`, () => {
  for (const file of files) {
    describe(file, () => {
      for (const test of tests) if (test.file === file) declare(test);
    });
  }

  it('all tests run but those that are known not to', () => {
    const skipped = tests.filter(({ state }) => state === 'skipped');
    expect(skipped.map(({ name }) => name.split(' > ').at(-1)).sort()).toEqual(
      [...leftOutTests].sort(),
    );
  });

  it('has what the kernel of a test machine often lacks', () => {
    expect([...files].filter((file) => file.endsWith('.uml.test.ts'))).not.toEqual([]);
  });
});

/** Makes the outcome of a test inside that of a test here. */
function declare({ name, state, message }: InsideTest): void {
  it.skipIf(state === 'skipped')(name, () => {
    if (state === 'failed') throw new Error(message);
  });
}
