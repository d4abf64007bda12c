import { parseCidr, parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { formatResult } from '../result/format.js';
import { bridged, previousOf } from '../testing/result.js';
import { type CniVersion, cniVersions } from '../version.js';
import { compareWithResult } from './compare.js';
import type { RecordedInterface } from './comparison.js';

const record: RecordedInterface = {
  ifname: 'eth0',
  sandboxes: ['/run/netns/cni-1'],
  mac: parseMac('0a:58:0a:f4:00:09'),
  mtu: 1450,
  ips: bridged.ips.map(({ ip, length }) => ({ ip, length })),
  routes: bridged.routes,
};

/** The comparison with the result that we gave, changed by a later plugin. */
function compare(
  change: (result: typeof bridged) => typeof bridged = (same) => same,
  version: CniVersion = '1.1.0',
) {
  return compareWithResult(previousOf(formatResult(change(bridged), version), version), record);
}

/** Our interface, changed. */
const withEth0 = (parts: object) => (result: typeof bridged) => ({
  ...result,
  interfaces: result.interfaces.map((one) => (one.name === 'eth0' ? { ...one, ...parts } : one)),
});

describe('prevResult against the record', () => {
  it.each(cniVersions.slice(1))(
    'has no differences in %s when nobody changed anything',
    (version) => {
      const { problems, changes, expected } = compare(undefined, version);
      expect({ problems, changes }).toEqual({ problems: [], changes: [] });
      expect(expected).toEqual({
        mac: record.mac,
        ...(version === '1.1.0' && { mtu: 1450 }),
        ips: record.ips,
        routes: record.routes,
      });
    },
  );

  it('must have our interface in our namespace', () => {
    expect(compare(withEth0({ name: 'eth1' })).problems).toEqual([
      'prevResult has no interface eth0 in /run/netns/cni-1',
    ]);
    expect(compare(withEth0({ sandbox: '/run/netns/other' })).problems).toHaveLength(1);
    expect(compare(withEth0({ sandbox: '' })).problems).toHaveLength(1);
  });

  it('may write /var/run for /run', () => {
    expect(compare(withEth0({ sandbox: '/var/run/netns/cni-1' })).problems).toEqual([]);
  });

  it('must have each of our addresses', () => {
    const { problems } = compare((result) => ({ ...result, ips: result.ips.slice(1) }));
    expect(problems).toEqual(['prevResult has no address 10.244.0.9 on eth0']);
  });

  it('must have them on our interface, or on none that it names', () => {
    const moved = (at: object) => (result: typeof bridged) => ({
      ...result,
      ips: result.ips.map(({ interface: _place, ...ip }) => ({ ...ip, ...at })),
    });
    expect(compare(moved({ interface: 1 })).problems).toHaveLength(2);
    expect(compare(moved({})).problems).toEqual([]);
  });

  it('may have another MAC, which the kernel must have then', () => {
    const { problems, changes, expected } = compare(withEth0({ mac: '02:00:00:00:00:01' }));
    expect(problems).toEqual([]);
    expect(changes).toEqual([{ what: 'mac', from: record.mac, to: '02:00:00:00:00:01' }]);
    expect(expected.mac).toBe('02:00:00:00:00:01');
  });

  it('does not forget our MAC when it has none', () => {
    expect(compare(withEth0({ mac: '' })).expected.mac).toBe(record.mac);
  });

  it('may have another MTU', () => {
    const { changes, expected } = compare(withEth0({ mtu: 1300 }));
    expect(changes).toEqual([{ what: 'mtu', from: '1450', to: '1300' }]);
    expect(expected.mtu).toBe(1300);
  });

  it('may have further addresses on our interface', () => {
    const ip = parseIp('192.0.2.7');
    const { changes, expected } = compare((result) => ({
      ...result,
      ips: [...result.ips, { ip, length: 24, interface: 2 }, { ip, length: 24, interface: 0 }],
    }));
    expect(changes).toEqual([{ what: 'address', to: '192.0.2.7/24' }]);
    expect(expected.ips).toEqual([...record.ips, { ip, length: 24 }]);
  });

  it('may have addresses that say of no interface; those are no business of ours', () => {
    const ip = parseIp('192.0.2.7');
    const { changes, expected } = compare((result) => ({
      ...result,
      ips: [...result.ips, { ip, length: 24 }],
    }));
    expect({ changes, ips: expected.ips }).toEqual({ changes: [], ips: record.ips });
  });

  it('may have another prefix length', () => {
    const { changes, expected } = compare((result) => ({
      ...result,
      ips: result.ips.map((one, at) => (at === 0 ? { ...one, length: 32 } : one)),
    }));
    expect(changes).toEqual([{ what: 'address', from: '10.244.0.9/26', to: '10.244.0.9/32' }]);
    expect(expected.ips[0]).toEqual({ ip: '10.244.0.9', length: 32 });
  });
});

describe('the routes of prevResult', () => {
  const changed = (routes: typeof bridged.routes, version?: CniVersion) =>
    compare((result) => ({ ...result, routes }), version);

  it('may lack one of ours, which the kernel need not have then', () => {
    const { problems, changes, expected } = changed(bridged.routes.slice(1));
    expect(problems).toEqual([]);
    expect(changes).toEqual([{ what: 'route', from: '0.0.0.0/0 via 169.254.1.1' }]);
    expect(expected.routes).toEqual(bridged.routes.slice(1));
  });

  it('may lead elsewhere', () => {
    const gw = parseIp('10.244.0.1');
    const [first, ...rest] = bridged.routes;
    if (!first) throw new TypeError('the pod has routes');
    const { changes, expected } = changed([{ ...first, gw }, ...rest]);
    expect(changes).toEqual([
      { what: 'route', from: '0.0.0.0/0 via 169.254.1.1', to: '0.0.0.0/0 via 10.244.0.1' },
    ]);
    expect(expected.routes[0]).toEqual({ ...first, gw });
  });

  it('may have other attributes in 1.1.0', () => {
    const routes = bridged.routes.map((route) =>
      route.table === 100 ? { ...route, table: 254, mtu: 1300 } : route,
    );
    expect(changed(routes).expected.routes).toEqual(routes);
    expect(changed(routes).changes).toEqual([
      {
        what: 'route',
        from: '192.168.0.0/16 table 100 metric 5 mtu 1400 advmss 1360 scope 253',
        to: '192.168.0.0/16 table 254 metric 5 mtu 1300 advmss 1360 scope 253',
      },
    ]);
  });

  it.each(['0.4.0', '1.0.0'] as const)(
    'leave ours their attributes in %s, which has none',
    (version) => {
      expect(changed(bridged.routes, version).expected.routes).toEqual(bridged.routes);
    },
  );

  it('of others are no business of ours', () => {
    const other = { dst: parseCidr('198.51.100.0/24'), gw: parseIp('192.0.2.1') };
    const { changes, expected } = changed([other, ...bridged.routes]);
    expect(changes).toEqual([]);
    expect(expected.routes).toEqual(bridged.routes);
  });

  it('do not take a changed route for one that stayed', () => {
    const [first] = bridged.routes;
    if (!first) throw new TypeError('the pod has routes');
    const second = { ...first, priority: 9 };
    const ours = { ...record, routes: [first, second] };
    const previous = previousOf(formatResult({ ...bridged, routes: [second] }, '1.1.0'));
    const { changes, expected } = compareWithResult(previous, ours);
    expect(expected.routes).toEqual([second]);
    expect(changes).toEqual([{ what: 'route', from: '0.0.0.0/0 via 169.254.1.1' }]);
  });
});
