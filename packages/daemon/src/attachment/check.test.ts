import { parseCidr, parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import type { ExpectedInterface } from '../cni/index.js';
import { type ComparedLink, compareHostEnd, comparePod, type PodKernel } from './check.js';
import { gatewayMac, podAddresses } from './plan.js';
import { ownTable, podRoutes } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';
import { sampleRecord } from './testing/sample-record.js';

/** Index of eth0 in the pod. */
const ifindex = 2;

const link = (changes: Partial<ComparedLink> = {}): ComparedLink => ({
  name: 'eth0',
  ifindex,
  kind: 'veth',
  up: true,
  mtu: 1500,
  ...changes,
});

const gateway = { ifindex, ip: parseIp('169.254.1.1'), mac: gatewayMac };
const dst = parseCidr('0.0.0.0/0');
const toGateway = { dst, table: 254, ifindex, via: parseIp('169.254.1.1') };

/** A pod in which all is well, with these changes. */
function kernel(record: AttachmentRecord, changes: Partial<PodKernel> = {}): PodKernel {
  const addresses = podAddresses(record).map(({ ip, length }) => ({ ifindex, ip, length }));
  return {
    links: [link({ mac: record.mac })],
    addresses,
    routes: [toGateway],
    neighbours: [gateway],
    rules: [],
    ...changes,
  };
}

function expected(record: AttachmentRecord): ExpectedInterface {
  const { mac, mtu } = record;
  return { mac, mtu, ips: podAddresses(record), routes: podRoutes(record) };
}

const record = sampleRecord();
const found = (changes: Partial<PodKernel>, of = record) =>
  comparePod(of, expected(of), kernel(of, changes));

describe("the pod's end of an attachment", () => {
  it('is right when everything is there', () => {
    expect(found({})).toEqual([]);
  });

  it.each<[string, Partial<PodKernel>, string]>([
    ['is gone', { links: [] }, 'no interface eth0'],
    ['is down', { links: [link({ mac: record.mac, up: false })] }, 'eth0 is down'],
    ['is no veth', { links: [link({ mac: record.mac, kind: 'dummy' })] }, 'no veth'],
    ['has another MAC', { links: [link({ mac: parseMac('02:00:00:00:00:01') })] }, 'has MAC 02:'],
    ['has another MTU', { links: [link({ mac: record.mac, mtu: 1400 })] }, 'MTU 1400 instead of'],
    ['lacks its address', { addresses: [] }, 'does not have address 10.244.0.5/32'],
    ['lacks its gateway', { neighbours: [] }, 'no permanent neighbour 169.254.1.1'],
    ['lacks its route', { routes: [] }, 'no route 0.0.0.0/0 via 169.254.1.1 by eth0'],
  ])('is told when it %s', (_what, changes, words) => {
    expect(found(changes)).toEqual([expect.stringContaining(words)]);
  });

  it('is told with everything that differs', () => {
    expect(found({ addresses: [], routes: [], neighbours: [] })).toHaveLength(3);
  });

  it('does not have a route of another interface or another table', () => {
    expect(found({ routes: [{ ...toGateway, ifindex: 3 }] })).toHaveLength(1);
    expect(found({ routes: [{ ...toGateway, table: 100 }] })).toHaveLength(1);
  });

  it('must have a route that says what fits, where the interface takes more', () => {
    const narrow = sampleRecord({ pathMtu: { ipv4: 1450 } });
    const words = ['the pod has no route 0.0.0.0/0 via 169.254.1.1 mtu 1450 by eth0'];
    expect(found({ routes: [{ ...toGateway, mtu: 1450 }] }, narrow)).toEqual([]);
    expect(found({ routes: [{ ...toGateway, mtu: 1400 }] }, narrow)).toEqual([]);
    expect(found({ routes: [{ ...toGateway, mtu: 1451 }] }, narrow)).toEqual(words);
    expect(found({ routes: [toGateway] }, narrow)).toEqual(words);
    expect(found({ routes: [{ ...toGateway, mtu: 1400 }] })).toEqual([]);
  });

  it('may have its route as one of several next hops', () => {
    const nexthops = [{ ifindex: 9 }, { ifindex, via: parseIp('169.254.1.1') }];
    expect(found({ routes: [{ dst, table: 254, nexthops }] })).toEqual([]);
  });

  it('needs a rule per address where it is not the first of its pod', () => {
    const secondary = sampleRecord({ secondary: true });
    const src = parseCidr('10.244.0.5/32');
    const rule = { family: 'ipv4' as const, src, table: ownTable(ifindex) };
    expect(found({ rules: [] }, secondary)).toEqual([
      `the pod has no rule from 10.244.0.5 lookup ${ownTable(ifindex)}`,
    ]);
    expect(found({ rules: [rule] }, secondary)).toEqual([]);
  });
});

describe("the host's end of an attachment", () => {
  const host = (changes: Partial<ComparedLink> = {}) => link({ name: record.hostLink, ...changes });

  it('is right when it is up, whatever its MAC', () => {
    expect(compareHostEnd(record, [host()])).toEqual([]);
  });

  it('is told when it is gone, or down', () => {
    expect(compareHostEnd(record, [])).toEqual([`the host has no interface ${record.hostLink}`]);
    expect(compareHostEnd(record, [host({ up: false })])).toEqual([`${record.hostLink} is down`]);
  });

  it('must be a port of its bridge in mode bridge', () => {
    const bridged = sampleRecord({ mode: 'bridge' });
    const bridge = link({ name: 'poplin0', ifindex: 7, kind: 'bridge' });
    expect(compareHostEnd(bridged, [host({ masterIfindex: 7 }), bridge])).toEqual([]);
    const detached = [`${record.hostLink} is no port of poplin0`];
    expect(compareHostEnd(bridged, [host(), bridge])).toEqual(detached);
    expect(compareHostEnd(bridged, [host({ masterIfindex: 7 })])).toEqual(detached);
  });
});
