import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { LabOptions } from '../../../lab/index.js';
import { Stage } from './stage.js';
import type { CniVersion } from './version.js';

/** A rule of the conformance suite. */
export interface Scenario {
  /** Number in the suite's list (README.md); several rules may be of one scenario. */
  readonly number: number;
  /** What holds, as one sentence without the subject's full stop. */
  readonly rule: string;
  /** Versions of the configuration that it is shown with. */
  readonly versions: readonly CniVersion[];
  /** Shows it; throws when it does not hold. */
  readonly run: (stage: Stage, version: CniVersion) => Promise<void>;
}

/** Rules that share a host. */
export interface Group {
  /** What the rules are about, and on what kind of host. */
  readonly title: string;
  /** The host, where it is not the usual one. */
  readonly lab?: Partial<LabOptions>;
  readonly scenarios: readonly Scenario[];
}

/** Makes one test per scenario and version: `[17] ADD creates the interface up (1.1.0)`. */
export function conform(groups: readonly Group[]): void {
  describe.each(groups)('$title', ({ lab, scenarios }) => {
    let stage: Stage;

    beforeAll(async () => {
      stage = await Stage.create(lab);
      await stage.openAccounts();
    });
    afterEach(async () => {
      await stage.cleanUp();
      await stage.expectBalance();
    });
    afterAll(() => stage?.[Symbol.asyncDispose]());

    for (const { number, rule, versions, run } of scenarios)
      for (const version of versions)
        it(`[${number}] ${rule} (${version})`, () => run(stage, version));
  });
}
