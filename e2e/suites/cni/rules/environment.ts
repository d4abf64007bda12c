import { expect } from 'vitest';
import type { Scenario } from '../stage/index.js';
import { cniVersions, newest } from '../stage/index.js';
import { expectUntouched, refuseAdd } from './untouched.js';

/** Variables of the environment: CNI spec 1.1.0, section 2. */
export const environment: readonly Scenario[] = [
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
];
