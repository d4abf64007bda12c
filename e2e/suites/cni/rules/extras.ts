import { expect } from 'vitest';
import { type CniResult, cniVersions, newest, routesOf, type Scenario } from '../stage/index.js';

/** `routes` and `dns` of the configuration (docs/cni.md). */
export const extras: readonly Scenario[] = [
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
