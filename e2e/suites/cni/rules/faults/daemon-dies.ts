import { expect } from 'vitest';
import { ipOf, reaches, type Scenario } from '../../stage/index.js';
import { armed, comeBack, fault, full, startArmed } from './armed.js';
import { giveUp } from './plugin.js';
import type {
  addPoints,
  delPoints,
  gcPoints,
  startPoints,
  tombstonePoints,
  undoPoints,
} from './points.js';

/** Where a daemon dies. */
export interface DeathPoints {
  readonly add: readonly (typeof addPoints)[number][];
  readonly undo: readonly (typeof undoPoints)[number][];
  readonly del: readonly (typeof delPoints)[number][];
  readonly tombstone: readonly (typeof tombstonePoints)[number][];
  readonly gc: readonly (typeof gcPoints)[number][];
  readonly start: readonly (typeof startPoints)[number][];
}

/** The daemon dies; whatever it was doing, the runtime's DEL and the next start leave nothing behind. */
export const daemonDies = (points: DeathPoints): readonly Scenario[] => [
  ...points.add.map((point) =>
    fault(`nothing is left when the daemon dies in an ADD, ${point}`, async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      await startArmed(stage, point);
      await giveUp(stage, subject, config);
      await comeBack(stage);
      await stage.del(subject, config);
      await stage.expectBalance();
    }),
  ),
  ...points.add.map((point) =>
    fault(
      `an ADD is repeated with success after the daemon died in the first, ${point}`,
      async (stage, version) => {
        const config = full(stage, version);
        const subject = await stage.subject();
        await startArmed(stage, point);
        // The plugin asks again by itself.
        await Promise.all([stage.add(subject, config), comeBack(stage)]);
      },
    ),
  ),
  ...points.del.map((point) =>
    fault(`nothing is left when the daemon dies in a DEL, ${point}`, async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      await stage.add(subject, config);
      await startArmed(stage, point);
      await stage.call('DEL', subject, config);
      await comeBack(stage);
      await stage.del(subject, config);
      await stage.expectBalance();
    }),
  ),
  ...points.undo.map((point) =>
    fault(
      `nothing is left when the daemon dies while it undoes an ADD, ${point}`,
      async (stage, version) => {
        const config = full(stage, version);
        const subject = await stage.subject();
        await subject.namespace.configure(['link add eth0 type bridge']);
        await startArmed(stage, point);
        await giveUp(stage, subject, config);
        await comeBack(stage);
        await stage.del(subject, config);
        await stage.expectBalance();
      },
    ),
  ),
  ...points.tombstone.map((point) =>
    fault(
      `nothing is left when the daemon dies while it works off the note of a DEL, ${point}`,
      async (stage, version) => {
        const config = full(stage, version);
        const subject = await stage.subject();
        await stage.add(subject, config);
        await stage.host.kill();
        await stage.del(subject, config);
        await stage.host.start(armed(point));
        await comeBack(stage);
        await stage.expectBalance();
      },
    ),
  ),
  ...points.gc.map((point) =>
    fault(
      `a GC is repeated after the daemon died in the first, ${point}`,
      async (stage, version) => {
        const config = full(stage, version);
        await stage.add(await stage.subject(), config);
        await startArmed(stage, point);
        const gc = { ...stage.config(version), 'cni.dev/valid-attachments': [] };
        await stage.refuse('GC', await stage.subject(), gc);
        await comeBack(stage);
        await stage.succeed('GC', await stage.subject(), gc);
        await stage.expectBalance();
      },
    ),
  ),
  ...points.start.map((point) =>
    fault(`a pod outlives a daemon that dies when it starts, ${point}`, async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      const ip = ipOf(await stage.add(subject, config));
      await stage.host.kill();
      await stage.host.start(armed(point));
      await comeBack(stage);
      expect(await reaches(stage.host.namespace, ip)).toBe(true);
      await stage.del(subject, config);
      await stage.expectBalance();
    }),
  ),
];
