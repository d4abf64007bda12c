import { describe, expect, it } from 'vitest';
import { testsOf } from './inside.js';

const passed = { file: 'a.test.ts', name: 'a', state: 'passed', message: '' };
const failed = { ...passed, state: 'failed', message: 'no' };
const run = (status: number, tests: readonly object[]) => ({
  status,
  output: 'words of vitest',
  report: JSON.stringify(tests),
});

describe('a run inside the other kernel', () => {
  it('tells its tests', () => {
    expect(testsOf(run(0, [passed]))).toEqual([passed]);
    expect(testsOf(run(1, [passed, failed]))).toEqual([passed, failed]);
  });

  it.each([
    ['no report', { status: 0, output: 'words of vitest', report: undefined }],
    ['no test', run(0, [])],
    ['an exit status that no test accounts for', run(1, [passed])],
  ])('fails with %s', (_, finished) => {
    expect(() => testsOf(finished)).toThrow('words of vitest');
  });
});
