import { expect } from 'vitest';
import type { Group, Scenario } from '../stage/index.js';
import { cniVersions, newest, refusalOf } from '../stage/index.js';
import { environment } from './environment.js';
import { refuseAdd } from './untouched.js';

/** Standard input and output, and versions: CNI spec 1.1.0, section 2. */
const streams: readonly Scenario[] = [
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
      for (const version of ['9.9.9', ...cniVersions]) expect(refusal.details).toContain(version);
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
];

/** How the plugin is called, and how it answers. */
export const protocol: readonly Group[] = [
  { title: 'the protocol', scenarios: [...environment, ...streams] },
];
