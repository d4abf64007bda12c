import type { Scenario } from '../../stage/index.js';
import { expectReached, fault, full, startArmed } from './armed.js';
import { addPoints, delPoints } from './points.js';

/** A step fails; the daemon lives on and undoes what it began before it answers. */
export const stepFails: readonly Scenario[] = [
  ...addPoints.map((point) =>
    fault(`an ADD that fails gives back everything by itself, ${point}`, async (stage, version) => {
      const subject = await stage.subject();
      await startArmed(stage, `${point}:error`);
      await stage.refuse('ADD', subject, full(stage, version));
      await expectReached(stage, point);
      await stage.expectBalance();
    }),
  ),
  ...delPoints.map((point) =>
    fault(`a DEL that fails is mended by the next one, ${point}`, async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      await stage.add(subject, config);
      await startArmed(stage, `${point}:error`);
      await stage.call('DEL', subject, config);
      await expectReached(stage, point);
      await stage.del(subject, config);
      await stage.expectBalance();
    }),
  ),
];
