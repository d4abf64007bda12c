import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { waitUntil } from '../../../lab/index.js';
import {
  type CniVersion,
  type Group,
  ipOf,
  type NetworkConfig,
  newest,
  reaches,
  type Scenario,
  type Stage,
  type Subject,
} from '../stage/index.js';

/** Where poplind can be made to die: packages/daemon/src/fail-point. */
const addPoints = [
  'add-after-parse',
  'add-after-netns-opened',
  'add-after-remains-cleared',
  'add-after-assign',
  'add-before-record',
  'add-after-record',
  'add-before-link',
  'add-after-link',
  'add-after-host-state',
  'add-before-answer',
] as const;
const delPoints = [
  'del-after-parse',
  'del-before-host-state',
  'del-after-link-down',
  'del-before-release',
  'del-after-release',
  'del-after-record-deleted',
  'del-before-answer',
] as const;
const undoPoints = ['undo-before-detach', 'undo-after-detach'] as const;
const tombstonePoints = [
  'tombstone-before-del',
  'tombstone-after-del',
  'tombstone-after-note-deleted',
] as const;
const gcPoints = ['gc-before-detach', 'gc-after-detach'] as const;
const startPoints = ['start-before-adopt', 'start-after-adopt'] as const;

/** Points between which a call hangs while its plugin is killed. */
const slowAddPoints = addPoints.filter((name) => !name.includes('before'));
const slowDelPoints = delPoints.filter((name) => !name.includes('before'));

const scenario = (rule: string, run: Scenario['run']): Scenario => ({
  number: 40,
  rule,
  versions: newest,
  run,
});

/** The daemon dies; whatever it was doing, the runtime's DEL and the next start leave nothing behind. */
const daemonDies: readonly Scenario[] = [
  ...addPoints.map((point) =>
    scenario(`nothing is left when the daemon dies in an ADD, ${point}`, async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      await startArmed(stage, point);
      await giveUp(stage, subject, config);
      await comeBack(stage);
      await stage.del(subject, config);
      await stage.expectBalance();
    }),
  ),
  ...addPoints.map((point) =>
    scenario(
      `an ADD is repeated with success after the daemon died in the first, ${point}`,
      async (stage, version) => {
        const config = full(stage, version);
        const subject = await stage.subject();
        await startArmed(stage, point);
        // The plugin asks again by itself.
        const [answer] = await Promise.all([stage.call('ADD', subject, config), comeBack(stage)]);
        // An interface that is there already is refused by the specification: then DEL comes first.
        if (answer.status !== 0) {
          expect(JSON.parse(answer.stdout)).toMatchObject({ code: 101 });
          await stage.del(subject, config);
          await stage.add(subject, config);
        }
      },
    ),
  ),
  ...delPoints.map((point) =>
    scenario(`nothing is left when the daemon dies in a DEL, ${point}`, async (stage, version) => {
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
  ...undoPoints.map((point) =>
    scenario(
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
  ...tombstonePoints.map((point) =>
    scenario(
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
  ...gcPoints.map((point) =>
    scenario(
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
  ...startPoints.map((point) =>
    scenario(
      `a pod outlives a daemon that dies when it starts, ${point}`,
      async (stage, version) => {
        const config = full(stage, version);
        const subject = await stage.subject();
        const ip = ipOf(await stage.add(subject, config));
        await stage.host.kill();
        await stage.host.start(armed(point));
        await comeBack(stage);
        expect(await reaches(stage.host.namespace, ip)).toBe(true);
        await stage.del(subject, config);
        await stage.expectBalance();
      },
    ),
  ),
];

/** A step fails; the daemon lives on and undoes what it began before it answers. */
const stepFails: readonly Scenario[] = [
  ...addPoints.map((point) =>
    scenario(
      `an ADD that fails gives back everything by itself, ${point}`,
      async (stage, version) => {
        const subject = await stage.subject();
        await startArmed(stage, `${point}:error`);
        await stage.refuse('ADD', subject, full(stage, version));
        await expectReached(stage, point);
        await stage.expectBalance();
      },
    ),
  ),
  ...delPoints.map((point) =>
    scenario(`a DEL that fails is mended by the next one, ${point}`, async (stage, version) => {
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

/** The plugin dies while the daemon is in the middle of the call. */
const pluginDies: readonly Scenario[] = [
  ...slowAddPoints.map((point) =>
    scenario(`nothing is left when the plugin dies in an ADD, ${point}`, async (stage, version) => {
      const config = full(stage, version);
      const subject = await stage.subject();
      await startArmed(stage, `${point}:hang`);
      await killPlugin(stage, 'ADD', subject, config, point);
      stage.host.signal('SIGUSR2');
      await stage.del(subject, config);
      await stage.expectBalance();
    }),
  ),
  scenario(
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
    scenario(`nothing is left when the plugin dies in a DEL, ${point}`, async (stage, version) => {
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

/** All that an attachment can have, so that all of it can be left behind. */
function full(stage: Stage, version: CniVersion): NetworkConfig {
  return stage.config(version, {
    bandwidth: { ingressRate: 80_000_000, egressRate: 80_000_000 },
    sysctls: { 'net.ipv4.conf.IFNAME.arp_notify': '1' },
    routes: [{ dst: '172.31.0.0/16' }],
    capabilities: { portMappings: true },
    runtimeConfig: {
      portMappings: [
        { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
        { hostPort: 5353, containerPort: 53, protocol: 'udp' },
      ],
    },
  });
}

const armed = (setting: string) => ({ POPLIN_FAIL_POINT: setting });

async function startArmed({ host }: Stage, setting: string): Promise<void> {
  await host.kill();
  await host.start(armed(setting));
  await host.waitReady();
}

/** Waits until the fail point has killed the daemon, then starts it as it is in production. */
async function comeBack({ host }: Stage): Promise<void> {
  const exit = await waitUntil('the fail point is reached', () => host.exit, { timeoutMs: 10_000 });
  expect(exit.signal).toBe('SIGKILL');
  await host.start();
  await host.waitReady();
}

function expectReached({ host }: Stage, point: string): Promise<true> {
  // The line that the daemon writes before it does anything at the point; the log is of all its lives.
  return waitUntil(`${point} is reached`, () =>
    readFileSync(host.log, 'utf8')
      .split('poplind starts')
      .at(-1)
      ?.includes(`fail point ${point}: `),
  );
}

/** Starts a plugin and kills it when the daemon hangs at the point. */
async function killPlugin(
  stage: Stage,
  command: 'ADD' | 'DEL',
  subject: Subject,
  config: NetworkConfig,
  point: string,
): Promise<void> {
  const { calling, pid } = startPlugin(stage, command, subject, config);
  await expectReached(stage, point);
  process.kill(pid(), 'SIGKILL');
  expect((await calling).status).not.toBe(0);
}

/** An ADD whose daemon dies, and whose runtime then stops the plugin instead of letting it ask again. */
async function giveUp(stage: Stage, subject: Subject, config: NetworkConfig): Promise<void> {
  const { calling, pid } = startPlugin(stage, 'ADD', subject, config);
  await waitUntil('the fail point is reached', () => stage.host.exit);
  process.kill(pid(), 'SIGTERM');
  expect(JSON.parse((await calling).stdout)).toMatchObject({ code: 11 });
}

/** Starts a plugin whose process id can be asked for. */
function startPlugin(
  stage: Stage,
  command: 'ADD' | 'DEL',
  subject: Subject,
  config: NetworkConfig,
) {
  const pidFile = `${stage.lab.folder}/plugin.pid`;
  const through = ['sh', '-c', `echo $$ >${pidFile}; exec "$0"`];
  const calling = stage.call(command, subject, config, { through });
  return { calling, pid: () => Number(readFileSync(pidFile, 'utf8')) };
}

/** Faults. */
export const faults: readonly Group[] = [
  { title: 'a daemon that dies', scenarios: daemonDies },
  { title: 'a daemon that dies, with a bridge', lab: { attach: 'bridge' }, scenarios: daemonDies },
  { title: 'a step that fails', scenarios: stepFails },
  { title: 'a plugin that dies', scenarios: pluginDies },
];
