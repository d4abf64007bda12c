import { expect } from 'vitest';
import { type Group, newest, type Scenario, withCheck } from '../stage/index.js';
import {
  attach,
  bridged,
  damageScenario,
  differs,
  everywhere,
  removals,
  routed,
} from './damage.js';

/** CHECK: CNI spec 1.1.0, "CHECK". */
const scenarios: readonly Scenario[] = [
  {
    number: 48,
    rule: 'CHECK right after ADD succeeds',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config } = await attach(stage, version);
      await stage.succeed('CHECK', subject, config);
    },
  },
  {
    number: 49,
    rule: 'CHECK without prevResult is refused with code 7',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject } = await attach(stage, version);
      const refusal = await stage.refuse('CHECK', subject, stage.config(version));
      expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining('prevResult') });
    },
  },
  {
    number: 50,
    rule: 'CHECK succeeds again once the default route is back',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config } = await attach(stage, version);
      const [route = ''] = (await subject.namespace.must(['ip', 'route', 'show', 'default'])).split(
        '\n',
      );
      await subject.namespace.must(['ip', 'route', 'del', 'default']);
      expect((await stage.refuse('CHECK', subject, config)).code).toBe(differs);
      await subject.namespace.must(['ip', 'route', 'add', ...route.trim().split(/\s+/)]);
      await stage.succeed('CHECK', subject, config);
    },
  },
  {
    number: 53,
    rule: 'CHECK of what was never added, or has been deleted, fails with code 3',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config } = await attach(stage, version);
      expect((await stage.refuse('CHECK', await stage.subject(), config)).code).toBe(3);
      await stage.del(subject, config);
      expect((await stage.refuse('CHECK', subject, config)).code).toBe(3);
    },
  },
  {
    number: 54,
    rule: `CHECK fails with code ${differs} when a later plugin changed the MAC, even when the result says so: the neighbours are permanent`,
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config, result } = await attach(stage, version);
      const mac = '02:00:00:00:00:0a';
      await subject.namespace.must(['ip', 'link', 'set', 'eth0', 'address', mac]);
      const interfaces = result.interfaces.map((one) =>
        one.name === 'eth0' ? { ...one, mac } : one,
      );
      const prevResult = { ...result, interfaces };
      const refusal = await stage.refuse('CHECK', subject, { ...config, prevResult });
      expect(refusal).toMatchObject({ code: differs, msg: expect.stringContaining('neighbour') });
    },
  },
  {
    number: 54,
    rule: 'CHECK succeeds when a later plugin changed the MTU and the result says so',
    versions: ['1.1.0'],
    run: async (stage, version) => {
      const { subject, config, result } = await attach(stage, version);
      await subject.namespace.must(['ip', 'link', 'set', 'eth0', 'mtu', '1400']);
      const interfaces = result.interfaces.map((one) =>
        one.name === 'eth0' ? { ...one, mtu: 1400 } : one,
      );
      await stage.succeed('CHECK', subject, { ...config, prevResult: { ...result, interfaces } });
    },
  },
  {
    number: 54,
    rule: 'CHECK succeeds when a later plugin added a route and the result says so',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config, result } = await attach(stage, version);
      const route = ['172.31.0.0/16', 'via', '169.254.1.1', 'dev', 'eth0', 'onlink'];
      await subject.namespace.must(['ip', 'route', 'add', ...route]);
      const routes = [...(result.routes ?? []), { dst: '172.31.0.0/16', gw: '169.254.1.1' }];
      await stage.succeed('CHECK', subject, { ...config, prevResult: { ...result, routes } });
    },
  },
  {
    number: 54,
    rule: 'CHECK succeeds when another plugin put an interface of its own into the result',
    versions: withCheck,
    run: async (stage, version) => {
      const { subject, config, result } = await attach(stage, version);
      const interfaces = [...result.interfaces, { name: 'ifb-of-somebody' }];
      const prevResult = { ...result, interfaces };
      await stage.succeed('CHECK', subject, { ...config, prevResult });
    },
  },
  {
    number: 55,
    rule: 'CHECK while the daemon is away fails with code 11',
    versions: newest,
    run: async (stage, version) => {
      const { subject, config } = await attach(stage, version);
      await stage.host.stop();
      expect((await stage.refuse('CHECK', subject, config)).code).toBe(11);
    },
  },
];

/** CHECK. */
export const check: readonly Group[] = [
  {
    title: 'CHECK of a routed pod',
    scenarios: [...scenarios, ...[...everywhere, ...routed, ...removals].map(damageScenario)],
  },
  {
    title: 'CHECK of a bridged pod',
    lab: { attach: 'bridge' },
    scenarios: [
      ...scenarios.filter(({ number }) => number === 48),
      ...[...everywhere, ...bridged].map(damageScenario),
    ],
  },
];
