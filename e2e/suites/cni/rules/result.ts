import { expect } from 'vitest';
import {
  addressesOn,
  type CniResult,
  cniVersions,
  type Group,
  ipsOf,
  newest,
  reaches,
  routesOf,
  type Scenario,
} from '../stage/index.js';

const dualStack = [
  { cidr: '10.244.0.0/16', blockSize: 26 },
  { cidr: 'fd00:10:244::/56', blockSize: 122 },
];

/** The shape of results, and that the pod is what its result says: CNI spec, "ADD Success", of each version. */
const shape: readonly Scenario[] = [
  {
    number: 18,
    rule: 'the result is in the version of the configuration',
    versions: cniVersions,
    run: async (stage, version) => {
      const result = await stage.add(await stage.subject(), stage.config(version));
      const isOld = version === '0.3.1' || version === '0.4.0';
      expect(result.cniVersion).toBe(version);
      expect(result.ips.map((ip) => ip.version)).toEqual(
        isOld ? ['4', '6'] : [undefined, undefined],
      );
      for (const { mtu } of result.interfaces) expect(mtu === undefined).toBe(version !== '1.1.0');
      expect('dns' in result).toBe(isOld);
    },
  },
  {
    number: 19,
    rule: 'a configuration of 0.2.0 is refused with code 1, as is one of 0.1.0 and 0.3.0',
    versions: newest,
    run: async (stage) => {
      for (const version of ['0.1.0', '0.2.0', '0.3.0']) {
        const refusal = await stage.refuse('ADD', await stage.subject(), stage.config(version));
        expect(refusal).toMatchObject({ code: 1, msg: expect.stringContaining(version) });
      }
    },
  },
  {
    number: 20,
    rule: "every address points at the pod's own interface by a valid index",
    versions: cniVersions,
    run: async (stage, version) => {
      const subject = await stage.subject();
      const { interfaces, ips } = await stage.add(subject, stage.config(version));
      expect(ips).toHaveLength(2);
      for (const { interface: index } of ips)
        expect(interfaces[index ?? -1]).toMatchObject({
          name: 'eth0',
          sandbox: subject.namespace.path,
        });
    },
  },
  {
    number: 21,
    rule: 'there is one default route per family, in the namespace and in the result',
    versions: cniVersions,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const result = await stage.add({ namespace, ...subject }, stage.config(version));
      const defaults = (result.routes ?? []).filter(({ dst }) => /\/0$/.test(dst));
      expect(defaults.map(({ dst }) => dst)).toEqual(['0.0.0.0/0', '::/0']);
      for (const [family, route] of [[4, defaults[0]] as const, [6, defaults[1]] as const]) {
        const inKernel = await routesOf(namespace, family, 'default');
        expect(inKernel.map(({ gateway }) => gateway)).toEqual([route?.gw]);
      }
    },
  },
  {
    number: 22,
    rule: 'both families can be used the moment ADD has answered: no address is tentative',
    versions: cniVersions,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const result = await stage.add({ namespace, ...subject }, stage.config(version));
      const addresses = await addressesOn(namespace, 'eth0');
      expect(addresses.map(({ local }) => local).sort()).toEqual([...ipsOf(result)].sort());
      expect(addresses.filter(({ tentative }) => tentative)).toEqual([]);
      for (const ip of ipsOf(result)) expect(await reaches(stage.host.namespace, ip)).toBe(true);
    },
  },
];

/** `routes` and `dns` of the configuration (docs/cni.md). */
const extras: readonly Scenario[] = [
  {
    number: 23,
    rule: 'a route of the configuration has its priority, table and scope, mtu and advmss in the kernel',
    versions: newest,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const route = { dst: '172.31.0.0/16', mtu: 1300, advmss: 1200, priority: 50, table: 77 };
      const link = { dst: '172.30.0.0/16', scope: 253, priority: 60 };
      const config = stage.config(version, { routes: [route, link] });
      const result = await stage.add({ namespace, ...subject }, config);
      expect(result.routes).toEqual(
        expect.arrayContaining([expect.objectContaining(route), expect.objectContaining(link)]),
      );
      const [inTable] = await routesOf(namespace, 4, 'table', '77');
      expect(inTable).toMatchObject({
        ...{ dst: route.dst, dev: 'eth0', metric: 50 },
        metrics: [{ mtu: 1300, advmss: 1200 }],
      });
      const [onLink] = await routesOf(namespace, 4, link.dst);
      expect(onLink).toMatchObject({ dst: link.dst, dev: 'eth0', metric: 60, scope: 'link' });
    },
  },
  {
    number: 24,
    rule: 'two routes to one destination are two next hops of one route',
    versions: newest,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const gateways = ['169.254.1.1', '169.254.1.2'];
      const routes = gateways.map((gw) => ({ dst: '172.31.0.0/16', gw }));
      await stage.add({ namespace, ...subject }, stage.config(version, { routes }));
      const [route] = await routesOf(namespace, 4, '172.31.0.0/16');
      expect(route?.nexthops?.map(({ gateway }) => gateway)).toEqual(gateways);
    },
  },
  {
    number: 25,
    rule: 'a route without a gateway uses that of its family',
    versions: cniVersions,
    run: async (stage, version) => {
      const { namespace, ...subject } = await stage.subject();
      const routes = [{ dst: '172.31.0.0/16' }, { dst: 'fd99::/64' }];
      await stage.add({ namespace, ...subject }, stage.config(version, { routes }));
      expect(await routesOf(namespace, 4, '172.31.0.0/16')).toMatchObject([
        { gateway: '169.254.1.1', dev: 'eth0' },
      ]);
      expect(await routesOf(namespace, 6, 'fd99::/64')).toMatchObject([
        { gateway: 'fe80::1', dev: 'eth0' },
      ]);
    },
  },
  {
    number: 25,
    rule: 'a route that the kernel cannot have is refused with code 7 and its path',
    versions: cniVersions,
    run: async (stage, version) => {
      const bad = [
        { dst: '172.31.0.1/16' },
        { dst: 'nowhere' },
        { dst: '172.31.0.0/16', gw: 'fe80::1' },
        { dst: '172.31.0.0/16', mtu: -1 },
      ];
      for (const route of bad) {
        const config = stage.config(version, { routes: [route] });
        const refusal = await stage.refuse('ADD', await stage.subject(), config);
        expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining('routes') });
      }
    },
  },
  {
    number: 33,
    rule: 'the dns of the configuration is in the result',
    versions: cniVersions,
    run: async (stage, version) => {
      const dns = { nameservers: ['10.96.0.10'], domain: 'a', search: ['b'], options: ['ndots:5'] };
      const result = await stage.add(await stage.subject(), stage.config(version, { dns }));
      expect(result.dns).toEqual(dns);
    },
  },
  {
    number: 33,
    rule: "the runtime's dns takes the place of the configuration's, also with capital letters and empty lists",
    versions: cniVersions,
    run: async (stage, version) => {
      const config = stage.config(version, {
        capabilities: { dns: true },
        dns: { nameservers: ['10.96.0.10'], search: ['old'] },
        runtimeConfig: { dns: { Servers: ['10.96.0.11'], Searches: [], Options: null } },
      });
      const result = await stage.add(await stage.subject(), config);
      expect(result.dns?.nameservers).toEqual(['10.96.0.11']);
      expect(result.dns?.search ?? []).toEqual([]);
    },
  },
  {
    number: 39,
    rule: 'the result of an earlier plugin of the chain is passed on with ours merged into it',
    versions: cniVersions,
    run: async (stage, version) => {
      const prevResult = earlierResult(version);
      const result = await stage.add(await stage.subject(), stage.config(version, { prevResult }));
      expect(result.interfaces.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['dummy0', 'eth0']),
      );
      expect(result.ips[0]?.address).toBe('192.0.2.7/24');
      expect(result.interfaces[result.ips[0]?.interface ?? -1]?.name).toBe('dummy0');
      expect(result.interfaces[result.ips[1]?.interface ?? -1]?.name).toBe('eth0');
      expect(result.routes?.map(({ dst }) => dst)).toContain('198.51.100.0/24');
    },
  },
  {
    number: 39,
    rule: 'a key with a slash or a leading underscore is tolerated',
    versions: cniVersions,
    run: async (stage, version) => {
      const config = stage.config(version, {
        'example.com/flavour': 1,
        _comment: 'ours',
        args: {},
      });
      await stage.add(await stage.subject(), config);
    },
  },
  {
    number: 39,
    rule: 'any other unknown key is refused with code 7 and the nearest one',
    versions: cniVersions,
    run: async (stage, version) => {
      const cases = [
        [{ masquerad: {} }, 'masquerade'],
        [{ attach: { mtuu: 1400 } }, 'attach.mtu'],
        [{ sysctl: {} }, 'sysctls'],
      ] as const;
      for (const [change, nearest] of cases) {
        const subject = await stage.subject();
        const refusal = await stage.refuse('ADD', subject, stage.config(version, change));
        expect(refusal).toMatchObject({ code: 7, msg: expect.stringContaining(nearest) });
      }
    },
  },
];

function earlierResult(version: string): Partial<CniResult> {
  const isOld = version === '0.3.1' || version === '0.4.0';
  return {
    cniVersion: version,
    interfaces: [{ name: 'dummy0', mac: '02:00:00:00:00:01', sandbox: '/run/netns/other' }],
    ips: [{ ...(isOld && { version: '4' }), address: '192.0.2.7/24', interface: 0 }],
    routes: [{ dst: '198.51.100.0/24' }],
  };
}

/** Results of ADD. */
export const result: readonly Group[] = [
  { title: 'the result of a dual-stack pod', lab: { pools: dualStack }, scenarios: shape },
  {
    title: 'the result of a dual-stack pod on a bridge',
    lab: { pools: dualStack, attach: 'bridge' },
    scenarios: shape,
  },
  { title: 'what the configuration adds', lab: { pools: dualStack }, scenarios: extras },
];
