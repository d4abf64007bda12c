import { setTimeout as sleep } from 'node:timers/promises';
import { mapParallel } from '../../../../lab/index.js';
import { expectDetached, newest, type Scenario } from '../../stage/index.js';
import { fault, full } from './armed.js';

/** Milliseconds after which something dies: before, in the middle of and after the kernel's work for the calls. */
const moments = [1, 2, 4, 7, 11, 16, 22, 30, 45] as const;

/** How many ADDs, and as many DELs, are on their way when the daemon dies. */
const crowd = 6;

/** The daemon dies at moments that no fail point marks: inside the work of the kernel too, which is one job of a thread. */
export const daemonDiesAnyTime: readonly Scenario[] = moments.map((ms) =>
  fault(
    `nothing is left when the daemon dies ${ms} ms after ${crowd} ADDs and ${crowd} DELs came at once`,
    async (stage, version) => {
      const config = full(stage, version);
      const [{ runtimeConfig: _onlyOnePodCanHave, ...withoutPorts }] = [config];
      const pods = () => mapParallel(Array.from({ length: crowd }), 4, () => stage.subject());
      const [arriving, leaving] = [await pods(), await pods()];
      await mapParallel(leaving, 4, (subject) => stage.add(subject, withoutPorts));
      const calls = [
        ...arriving.map((subject) => stage.call('ADD', subject, withoutPorts)),
        ...leaving.map((subject) => stage.call('DEL', subject, withoutPorts)),
      ];
      await sleep(ms);
      await stage.host.kill();
      await stage.host.start();
      await Promise.all(calls);
      await stage.host.waitReady();
      const all = [...arriving, ...leaving];
      await mapParallel(all, 4, (subject) => stage.del(subject, withoutPorts));
      for (const { namespace } of all) await expectDetached(namespace);
      await stage.expectBalance();
    },
  ),
);

/** The plugin dies at any moment; the daemon lives on. */
export const pluginDiesAnyTime: readonly Scenario[] = (['ADD', 'DEL'] as const).flatMap((command) =>
  [0.001, 0.002, 0.003, 0.004, 0.006, 0.01, 0.02].map(
    (seconds): Scenario => ({
      number: 40,
      rule: `nothing is left of the ${command} of a plugin that is killed after ${seconds} s, once DEL has come`,
      versions: newest,
      run: async (stage, version) => {
        const config = full(stage, version);
        const subject = await stage.subject();
        if (command === 'DEL') await stage.add(subject, config);
        const through = ['timeout', '--signal=KILL', `${seconds}`];
        await stage.call(command, subject, config, { through });
        await stage.del(subject, config);
        await expectDetached(subject.namespace);
        await stage.expectBalance();
      },
    }),
  ),
);
