import type { Scenario } from '../../stage/index.js';
import { fault, full, startArmed } from './armed.js';
import { killPlugin } from './plugin.js';
import { addPoints, delPoints } from './points.js';

/** Points between which a call hangs while its plugin is killed. */
const slowAddPoints = addPoints.filter((name) => !name.includes('before'));
const slowDelPoints = delPoints.filter((name) => !name.includes('before'));

/** The plugin dies while the daemon is in the middle of the call. */
export const pluginDies: readonly Scenario[] = [
  ...slowAddPoints.map((point) =>
    fault(`nothing is left when the plugin dies in an ADD, ${point}`, async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      await startArmed(stage, `${point}:hang`);
      await killPlugin(stage, 'ADD', subject, config, point);
      stage.host.signal('SIGUSR2');
      await stage.del(subject, config);
      await stage.expectBalance();
    }),
  ),
  fault(
    'a DEL that comes while the ADD of a dead plugin hangs waits for its end',
    async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      await startArmed(stage, 'add-after-record:hang');
      await killPlugin(stage, 'ADD', subject, config, 'add-after-record');
      const deleting = stage.del(subject, config);
      stage.host.signal('SIGUSR2');
      await deleting;
      await stage.expectBalance();
    },
  ),
  ...slowDelPoints.map((point) =>
    fault(`nothing is left when the plugin dies in a DEL, ${point}`, async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      await stage.add(subject, config);
      await startArmed(stage, `${point}:hang`);
      await killPlugin(stage, 'DEL', subject, config, point);
      stage.host.signal('SIGUSR2');
      await stage.del(subject, config);
      await stage.expectBalance();
    }),
  ),
];
