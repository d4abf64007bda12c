import { expect } from 'vitest';
import type { Group, Scenario } from '../stage/index.js';
import { cniVersions, newest, refusalOf, type Stage, type Subject } from '../stage/index.js';

/** Environment, standard input, standard output: CNI spec 1.1.0, section 2. */
export const protocol: readonly Group[] = [
  {
    title: 'the protocol',
    scenarios: [
      {
        number: 1,
        rule: 'without CNI_COMMAND it says what it is on standard error and exits 0',
        versions: newest,
        run: async (stage, version) => {
          const subject = await stage.subject();
          const env = { CNI_COMMAND: undefined };
          const answer = await stage.call('ADD', subject, stage.config(version), { env });
          expect(answer).toMatchObject({ status: 0, stdout: '' });
          expect(answer.stderr).toMatch(/poplin/);
          await expectUntouched(stage, subject);
        },
      },
      ...(
        [
          ['is closed', ['sh', '-c', 'exec "$0" <&-']],
          ['hangs', ['sh', '-c', 'mkfifo "$0" && exec "$1" 0<>"$0"']],
        ] as const
      ).map(
        ([how, through]): Scenario => ({
          number: 2,
          rule: `VERSION answers also when standard input ${how}`,
          versions: cniVersions,
          run: async (stage, version) => {
            const fifo = how === 'hangs' ? [`${stage.lab.folder}/hanging-${version}`] : [];
            const answer = await stage.call('VERSION', await stage.subject(), '', {
              through: [...through, ...fifo],
              env: { CNI_CONTAINERID: '', CNI_NETNS: 'dummy', CNI_IFNAME: 'dummy' },
              timeoutMs: 5_000,
            });
            expect(answer.status, answer.stderr).toBe(0);
            const { cniVersion, supportedVersions } = JSON.parse(answer.stdout);
            expect(cniVersion).toBe('1.1.0');
            expect(supportedVersions).toContain(version);
          },
        }),
      ),
      {
        number: 3,
        rule: 'an unknown command is refused with code 4 and its name',
        versions: cniVersions,
        run: async (stage, version) => {
          const env = { CNI_COMMAND: 'DESTROY' };
          const refusal = await refuseAdd(stage, stage.config(version), { env });
          expect(refusal).toMatchObject({ code: 4, msg: expect.stringContaining('DESTROY') });
        },
      },
      {
        number: 4,
        rule: 'all variables that an ADD lacks are named in one error of code 4',
        versions: cniVersions,
        run: async (stage, version) => {
          const env = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: '' };
          const refusal = await refuseAdd(stage, stage.config(version), { env });
          expect(refusal.code).toBe(4);
          expect(refusal.msg).toMatch(/CNI_CONTAINERID.*CNI_NETNS.*CNI_IFNAME/);
        },
      },
      ...['-begins-with-dash', 'a/b', 'a b', '../../etc'].map(
        (id): Scenario => ({
          number: 5,
          rule: `the container id "${id}" is refused with code 4`,
          versions: cniVersions,
          run: async (stage, version) => {
            const env = { CNI_CONTAINERID: id };
            const refusal = await refuseAdd(stage, stage.config(version), { env });
            expect(refusal).toMatchObject({ code: 4, msg: expect.stringContaining(id) });
          },
        }),
      ),
      ...['sixteen-bytes-xx', '..', '.', 'eth/0', 'eth:0', 'eth 0', 'eth%d'].map(
        (ifname): Scenario => ({
          number: 6,
          rule: `the interface name "${ifname}" is refused with code 4`,
          versions: cniVersions,
          run: async (stage, version) => {
            const refusal = await refuseAdd(stage, stage.config(version), { ifname });
            expect(refusal).toMatchObject({ code: 4, msg: expect.stringContaining(ifname) });
          },
        }),
      ),
      ...(
        [
          ['truncated', '{"cniVersion":"1.0.0","name":"pop'],
          ['empty', ''],
          ['a list', '[]'],
        ] as const
      ).map(
        ([what, config]): Scenario => ({
          number: 7,
          rule: `a configuration that is ${what} is refused with code 6`,
          versions: newest,
          run: async (stage) => {
            expect(await refuseAdd(stage, config)).toMatchObject({ code: 6 });
          },
        }),
      ),
      ...(
        [
          ['that is missing', undefined],
          ['that is empty', ''],
          ['with a slash', 'a/b'],
          ['with a blank', 'a b'],
        ] as const
      ).map(
        ([what, name]): Scenario => ({
          number: 8,
          rule: `a network name ${what} is refused with code 7`,
          versions: cniVersions,
          run: async (stage, version) => {
            const refusal = await refuseAdd(stage, stage.config(version, { name }));
            expect(refusal).toMatchObject({ code: 7, msg: expect.stringMatching(/name/) });
          },
        }),
      ),
      {
        number: 9,
        rule: 'a version of the future is refused with code 1, and the details say what there is',
        versions: newest,
        run: async (stage) => {
          const refusal = await refuseAdd(stage, stage.config('9.9.9'));
          expect(refusal.code).toBe(1);
          for (const version of ['9.9.9', ...cniVersions])
            expect(refusal.details).toContain(version);
        },
      },
      {
        number: 10,
        rule: 'a configuration without a version is one of 0.1.0, which is refused with code 1',
        versions: newest,
        run: async (stage, version) => {
          const refusal = await refuseAdd(stage, stage.config(version, { cniVersion: undefined }));
          expect(refusal).toMatchObject({ code: 1, details: expect.stringContaining('0.1.0') });
        },
      },
      {
        number: 11,
        rule: 'CHECK is not of this version: code 1',
        versions: ['0.3.1'],
        run: async (stage, version) => {
          const subject = await stage.subject();
          const refusal = await stage.refuse('CHECK', subject, stage.config(version));
          expect(refusal.code).toBe(1);
        },
      },
      ...(['GC', 'STATUS'] as const).map(
        (command): Scenario => ({
          number: 11,
          rule: `${command} is not of this version: code 1`,
          versions: ['0.3.1', '0.4.0', '1.0.0'],
          run: async (stage, version) => {
            const subject = await stage.subject();
            const env = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '', CNI_ARGS: '' };
            const refusal = await stage.refuse(command, subject, stage.config(version), { env });
            expect(refusal.code).toBe(1);
          },
        }),
      ),
      {
        number: 12,
        rule: 'a standard input that cannot be read is refused with code 5',
        versions: newest,
        run: async (stage, version) => {
          const through = ['sh', '-c', 'exec "$0" </'];
          const refusal = await refuseAdd(stage, stage.config(version), { through });
          expect(refusal.code).toBe(5);
        },
      },
      {
        number: 12,
        rule: 'a standard input that ends in the middle of the document is refused with code 6',
        versions: cniVersions,
        run: async (stage, version) => {
          const whole = JSON.stringify(stage.config(version));
          const refusal = await refuseAdd(stage, whole.slice(0, -2));
          expect(refusal.code).toBe(6);
        },
      },
      {
        number: 13,
        rule: 'an error is one JSON object in the version of the configuration, and all that is on standard output',
        versions: cniVersions,
        run: async (stage, version) => {
          const subject = await stage.subject();
          const netns = '/run/netns/nowhere';
          const answer = await stage.call('ADD', subject, stage.config(version), { netns });
          expect(refusalOf(answer)).toMatchObject({ cniVersion: version, code: 4 });
          expect(answer.stdout.trim().split('\n')).toHaveLength(1);
        },
      },
      {
        number: 14,
        rule: 'an unknown key of CNI_ARGS is refused without IgnoreUnknown',
        versions: cniVersions,
        run: async (stage, version) => {
          const env = { CNI_ARGS: 'COLOUR=blue' };
          const refusal = await refuseAdd(stage, stage.config(version), { env });
          expect(refusal).toMatchObject({ code: 4, msg: expect.stringContaining('COLOUR') });
        },
      },
      {
        number: 14,
        rule: 'an unknown key of CNI_ARGS is nothing to us with IgnoreUnknown',
        versions: cniVersions,
        run: async (stage, version) => {
          for (const yes of ['1', 'true']) {
            const env = { CNI_ARGS: `COLOUR=blue;IgnoreUnknown=${yes}` };
            await stage.add(await stage.subject(), stage.config(version), { env });
          }
        },
      },
      ...['X=a=b', 'X', '=a'].map(
        (args): Scenario => ({
          number: 14,
          rule: `CNI_ARGS with "${args}" is refused with code 4`,
          versions: cniVersions,
          run: async (stage, version) => {
            const env = { CNI_ARGS: `IgnoreUnknown=1;${args}` };
            const refusal = await refuseAdd(stage, stage.config(version), { env });
            expect(refusal).toMatchObject({ code: 4, msg: expect.stringContaining(args) });
          },
        }),
      ),
      ...(
        [
          ['leads nowhere', '/run/netns/nowhere'],
          ['is a file', '/etc/hostname'],
          ['is a namespace of another kind', '/proc/self/ns/uts'],
        ] as const
      ).map(
        ([what, netns]): Scenario => ({
          number: 15,
          rule: `a namespace path that ${what} is refused with code 4, and nothing is taken`,
          versions: cniVersions,
          run: async (stage, version) => {
            const refusal = await refuseAdd(stage, stage.config(version), { netns });
            expect(refusal).toMatchObject({ code: 4, msg: expect.stringContaining(netns) });
          },
        }),
      ),
      {
        number: 16,
        rule: "the host's own namespace is refused with code 8, even when CNI_NETNS_OVERRIDE is set",
        versions: cniVersions,
        run: async (stage, version) => {
          const netns = stage.host.namespace.path;
          for (const override of [undefined, '1']) {
            const env = { CNI_NETNS_OVERRIDE: override };
            const refusal = await refuseAdd(stage, stage.config(version), { netns, env });
            expect(refusal.code).toBe(8);
          }
        },
      },
      {
        number: 16,
        rule: "the runtime's own namespace is refused with code 8, and accepted with CNI_NETNS_OVERRIDE",
        versions: cniVersions,
        run: async (stage, version) => {
          const subject = await stage.subject();
          const host = subject.namespace;
          const refusal = await stage.refuse('ADD', subject, stage.config(version), { host });
          expect(refusal.code).toBe(8);
          await expectUntouched(stage, subject);
          const env = { CNI_NETNS_OVERRIDE: '1' };
          await stage.add(subject, stage.config(version), { host, env });
        },
      },
    ],
  },
];

/** An ADD that is refused and leaves its namespace and the accounts as they were. */
async function refuseAdd(
  stage: Stage,
  config: unknown,
  change: Parameters<Stage['refuse']>[3] = {},
): ReturnType<Stage['refuse']> {
  const subject = await stage.subject();
  const refusal = await stage.refuse('ADD', subject, config, change);
  await expectUntouched(stage, subject);
  return refusal;
}

async function expectUntouched(stage: Stage, { namespace }: Subject): Promise<void> {
  const links = (await namespace.observe('link', 'show')) as readonly { ifname: string }[];
  expect(links.map(({ ifname }) => ifname)).toEqual(['lo']);
  await stage.expectBalance();
}
