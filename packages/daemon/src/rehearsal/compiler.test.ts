import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { watchCalls } from './compiler.js';

/** What a whole rehearsal says to a V8 of this version. */
function flagsFor(version: string): readonly string[] {
  const flags: string[] = [];
  const compiler = watchCalls(version, (flag) => void flags.push(flag));
  for (const share of [0, 0.5, 1]) compiler.compile(share);
  compiler[Symbol.dispose]();
  return flags;
}

it('this V8 is known, and has all flags that it is asked for', () => {
  const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  const names = flagsFor(process.versions.v8).map((flag) => /^--(no-)?([^=]+)/.exec(flag)?.[2]);
  expect(names).not.toEqual([]);
  for (const name of new Set(names)) expect(options).toContain(`  --${name} (`);
});

describe('V8', () => {
  it('of Node 20 compiles some functions more with each step, and at last what is called all the time', () => {
    const ticks = flagsFor('11.3.244.8-node.33')
      .filter((flag) => flag.startsWith('--ticks-before-optimization='))
      .map((flag) => Number(flag.split('=')[1]));
    expect(ticks).toEqual([1_000_000, 4000, 110, 3, 3]);
  });

  it.each(['11.8.172.17-node.20', '12.4.254.21-node.57', '14.6.202.34-node.32'])(
    'of Node 21 and later (%s) compiles by the number of calls, and by its own when the rehearsal has ended',
    (version) => {
      expect(flagsFor(version)).toEqual([
        '--no-flush-bytecode',
        '--invocation-count-for-maglev=30',
        '--invocation-count-for-turbofan=120',
        '--minimum-invocations-after-ic-update=30',
        '--invocation-count-for-maglev=400',
        '--invocation-count-for-turbofan=3000',
        '--minimum-invocations-after-ic-update=500',
      ]);
    },
  );

  it.each(['11.4.183.29', '15.0.1', ''])('that is not known (%s) is left as it is', (version) => {
    expect(flagsFor(version)).toEqual([]);
  });
});
