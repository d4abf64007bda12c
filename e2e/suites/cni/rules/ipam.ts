import { expect } from 'vitest';
import {
  cniVersions,
  type Group,
  ipOf,
  ipsOf,
  newest,
  type Scenario,
  type Stage,
} from '../stage/index.js';
import { exhaustion } from './exhaustion.js';

/** Other scenarios have used addresses of the same host: they are to be free again soon. */
const cluster = { ipam: { coolDownSeconds: 1 } };

const roundRobin: readonly Scenario[] = [
  {
    number: 56,
    rule: 'an address that was given back is not the next one handed out',
    versions: newest,
    run: async (stage, version) => {
      const first = await stage.subject();
      const ip = ipOf(await stage.add(first, stage.config(version)));
      await stage.del(first, stage.config(version));
      expect(ipOf(await stage.add(await stage.subject(), stage.config(version)))).not.toBe(ip);
    },
  },
];

/** Addresses that the runtime asks for (docs/cni.md, "What the runtime may send"). */
const requested: readonly Scenario[] = [
  ...(
    [
      ['runtimeConfig', (ip: string) => [{ ...declared('ips'), runtimeConfig: { ips: [ip] } }, '']],
      [
        'runtimeConfig with a capital letter and a prefix length',
        (ip: string) => [{ ...declared('ips'), runtimeConfig: { IPs: [`${ip}/32`] } }, ''],
      ],
      ['args.cni', (ip: string) => [{ args: { cni: { ips: [ip] } } }, '']],
      ['CNI_ARGS', (ip: string) => [{}, `IP=${ip}`]],
      [
        'an annotation',
        (ip: string) => [
          {
            ...declared('io.kubernetes.cri.pod-annotations'),
            runtimeConfig: { 'io.kubernetes.cri.pod-annotations': { 'poplin.dev/ips': ip } },
          },
          '',
        ],
      ],
    ] as const satisfies readonly (readonly [
      string,
      (ip: string) => readonly [Readonly<Record<string, unknown>>, string],
    ])[]
  ).map(
    ([where, ask]): Scenario => ({
      number: 59,
      rule: `a free address that ${where} asks for is the pod's`,
      versions: cniVersions,
      run: async (stage, version) => {
        const ip = await freeAddress(stage, version);
        const [change, args] = ask(ip);
        const env = { CNI_ARGS: args };
        const subject = await stage.subject();
        expect(ipsOf(await stage.add(subject, stage.config(version, change), { env }))).toEqual([
          ip,
        ]);
      },
    }),
  ),
  {
    number: 58,
    rule: 'an address that a pod has is refused with its holder, and nothing is reserved',
    versions: cniVersions,
    run: async (stage, version) => {
      const holder = await stage.subject();
      const ip = ipOf(await stage.add(holder, stage.config(version)));
      const change = { ...declared('ips'), runtimeConfig: { ips: [ip] } };
      const subject = await stage.subject();
      const refusal = await stage.refuse('ADD', subject, stage.config(version, change));
      expect(refusal.code).toBeGreaterThanOrEqual(100);
      expect(refusal.msg).toContain(ip);
      expect(refusal.msg).toMatch(new RegExp(`lab/s\\d+|${holder.container.id.slice(0, 12)}`));
    },
  },
  ...(
    [
      ['of no pool', '203.0.113.7'],
      ['that is no address', '10.244.0.0.1'],
      ['that is a broadcast address', '255.255.255.255'],
      ["that is the node's own", '192.168.77.11'],
      ['that is the gateway of pods', '169.254.1.1'],
    ] as const
  ).map(
    ([what, ip]): Scenario => ({
      number: 58,
      rule: `an address ${what} is refused, and nothing is reserved`,
      versions: cniVersions,
      run: async (stage, version) => {
        const change = { ...declared('ips'), runtimeConfig: { ips: [ip] } };
        const subject = await stage.subject();
        const refusal = await stage.refuse('ADD', subject, stage.config(version, change));
        expect(refusal.msg).toContain(ip);
        await stage.expectBalance();
      },
    }),
  ),
  {
    number: 59,
    rule: '"ipRanges" and "ipam" of the reference plugins, which Poplin does not have, are refused with code 2',
    versions: cniVersions,
    run: async (stage, version) => {
      for (const change of [
        { ipam: { type: 'host-local', subnet: '10.1.0.0/24' } },
        { capabilities: { ipRanges: true } },
      ]) {
        const subject = await stage.subject();
        const refusal = await stage.refuse('ADD', subject, stage.config(version, change));
        expect(refusal).toMatchObject({ code: 2, msg: expect.stringMatching(/ipam|ipRanges/) });
      }
    },
  },
];

const dualStack = [
  { cidr: '10.244.0.0/16', blockSize: 26 },
  { cidr: 'fd00:10:244::/56', blockSize: 122 },
];

const families: readonly Scenario[] = [
  {
    number: 59,
    rule: 'a pod asks for an address of one family and gets one of the other beside it',
    versions: cniVersions,
    run: async (stage, version) => {
      const ip = await freeAddress(stage, version);
      const change = { ...declared('ips'), runtimeConfig: { ips: [ip] } };
      const result = await stage.add(await stage.subject(), stage.config(version, change));
      expect(ipsOf(result)[0]).toBe(ip);
      expect(ipsOf(result)[1]).toMatch(/^fd00:/);
    },
  },
];

const reclaimed: readonly Scenario[] = [
  {
    number: 60,
    rule: 'an address whose ADD was cut off by a crash of the daemon is free after the next start',
    versions: newest,
    run: async (stage, version) => {
      await stage.host.stop();
      await stage.host.start({ POPLIN_FAIL_POINT: 'add-after-assign' });
      await stage.host.waitReady();
      const subject = await stage.subject();
      const refusal = await stage.refuse('ADD', subject, stage.config(version));
      expect(refusal.code).toBe(11);
      expect((await stage.host.exited).signal).toBe('SIGKILL');
      await stage.host.start();
      await stage.host.waitReady();
      await stage.expectBalance();
    },
  },
];

/** An IPv4 address of a block of this node that no pod has, well behind the next ones in turn. */
async function freeAddress(stage: Stage, version: (typeof cniVersions)[number]): Promise<string> {
  const subject = await stage.subject();
  const ip = ipOf(await stage.add(subject, stage.config(version)));
  await stage.del(subject, stage.config(version));
  const [, prefix, last] = /^(.*\.)(\d+)$/.exec(ip) ?? [];
  // Half a block of /26 away, in the same block.
  return `${prefix}${Number(last) ^ 32}`;
}

function declared(capability: string) {
  return { capabilities: { [capability]: true } };
}

/** Addresses. */
export const ipam: readonly Group[] = [
  { title: 'addresses', lab: { cluster }, scenarios: [...roundRobin, ...requested, ...reclaimed] },
  ...exhaustion,
  { title: 'addresses of two families', lab: { pools: dualStack, cluster }, scenarios: families },
];
