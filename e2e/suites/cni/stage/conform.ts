import { afterAll, describe, it } from 'vitest';
import { kindOf, StagePool, type StageWish } from './pool.js';
import type { Stage } from './stage.js';
import type { CniVersion } from './version.js';

/** A rule of the conformance suite. */
export interface Scenario {
  /** Number in the suite's list (README.md); several rules may be of one scenario. */
  readonly number: number;
  /** What holds, as one sentence without the subject's full stop. */
  readonly rule: string;
  /** Versions of the configuration that it is shown with. */
  readonly versions: readonly CniVersion[];
  /** Shows it; throws when it does not hold. Other scenarios play on other stages meanwhile. */
  readonly run: (stage: Stage, version: CniVersion) => Promise<void>;
}

/** Rules about hosts of one kind. */
export interface Group extends StageWish {
  /** What the rules are about, and on what kind of host. */
  readonly title: string;
  readonly scenarios: readonly Scenario[];
}

/**
 * Makes one test per scenario and version: `[17] ADD creates the interface up (1.1.0)`. They run several at a time, hosts of one
 * kind after another.
 */
export function conform(groups: readonly Group[]): void {
  const stages = new StagePool();
  const byKind = [...groups].sort((one, other) => kindOf(one).localeCompare(kindOf(other)));
  for (const { title, scenarios, ...wish } of byKind)
    describe.concurrent(title, () => {
      for (const { number, rule, versions, run } of scenarios)
        for (const version of versions) {
          stages.announce(wish);
          it(`[${number}] ${rule} (${version})`, () =>
            stages.play(wish, (stage) => run(stage, version)));
        }
    });
  afterAll(() => stages[Symbol.asyncDispose]());
}
