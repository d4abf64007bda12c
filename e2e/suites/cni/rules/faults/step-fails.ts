import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { expectDetached, hostLinkOf, linkNames, type Scenario } from '../../stage/index.js';
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
  fault(
    'an ADD right behind a DEL that could not give the names free waits until the link is deleted, and succeeds',
    async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      const other = await stage.subject(subject.namespace);
      await stage.add(subject, config);
      await startArmed(stage, 'del-before-names-free:error');
      await stage.del(subject, config);
      await stage.add(subject, config);
      await expectReached(stage, 'del-before-names-free');
      expect(readFileSync(stage.host.log, 'utf8')).toContain('are not free yet: ');
      await startArmed(stage, 'del-before-names-free:error');
      await stage.del(subject, config);
      await stage.add(other, config);
      await stage.del(other, config);
      await stage.expectBalance();
    },
  ),
  fault(
    'a link that is cut off and has its name is no interface of a pod to the daemon that comes next',
    async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      const link = hostLinkOf(await stage.add(subject, config));
      await stage.host.kill();
      await stage.host.namespace.must(['ip', 'link', 'set', link, 'down', 'group', retired]);
      await stage.host.start();
      await stage.host.waitReady();
      expect(await linkNames(stage.host.namespace)).not.toContain(link);
      await expectDetached(subject.namespace);
      await stage.add(subject, config);
      await stage.del(subject, config);
      await stage.expectBalance();
    },
  ),
];

/** Group of links that are to be deleted: decision 11. */
const retired = '7368560';
