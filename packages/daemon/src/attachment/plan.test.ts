import { parseCidr, parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { blockStateOf, hostStateOf, podAddresses } from './plan.js';
import type { AttachmentRecord } from './record.js';
import { cniResult } from './result.js';

const record = (mode: AttachmentRecord['mode'], ips: [string, string][]): AttachmentRecord => ({
  version: 1,
  containerId: 'c1',
  ifname: 'eth0',
  netns: { path: '/run/netns/p', device: '4', inode: '7' },
  mode,
  hostLink: 'pop0123456789a',
  mac: parseMac('0a:58:0a:f4:00:05'),
  mtu: 1500,
  addresses: ips.map(([ip, block]) => ({
    ip: parseIp(ip),
    block: parseCidr(block),
    assignedAt: '2026-01-01T00:00:00.000Z',
  })),
  network: 'poplin',
  createdAt: '2026-01-01T00:00:00.000Z',
});

const dual: [string, string][] = [
  ['10.244.0.5', '10.244.0.0/26'],
  ['fd00:10::5', 'fd00:10::/122'],
];
const sources = [parseIp('192.168.7.1'), parseIp('fd77::1')];

describe('a routed pod', () => {
  it('has its addresses alone on the link, and a gateway that nobody has', () => {
    expect(podAddresses(record('routed', dual))).toEqual([
      { ip: '10.244.0.5', length: 32, gateway: '169.254.1.1' },
      { ip: 'fd00:10::5', length: 128, gateway: 'fe80::1' },
    ]);
  });

  it('is reached by a route and a permanent neighbour on its own link, from the node own address', () => {
    const state = hostStateOf(record('routed', dual), sources);
    expect(state.routes).toEqual([
      { type: 'unicast', dst: '10.244.0.5/32', link: 'pop0123456789a', source: '192.168.7.1' },
      { type: 'unicast', dst: 'fd00:10::5/128', link: 'pop0123456789a', source: 'fd77::1' },
    ]);
    expect(state.neighbours.map(({ link, ip }) => [link, ip])).toEqual([
      ['pop0123456789a', '10.244.0.5'],
      ['pop0123456789a', 'fd00:10::5'],
    ]);
  });

  it('leaves the rest of its block unreachable rather than on the default route', () => {
    expect(blockStateOf([parseCidr('10.244.0.0/26')], undefined, sources).routes).toEqual([
      { type: 'blackhole', dst: '10.244.0.0/26' },
    ]);
  });
});

describe('a bridged pod', () => {
  it('has its block on the link', () => {
    expect(podAddresses(record('bridge', dual)).map(({ length }) => length)).toEqual([26, 122]);
  });

  it('needs no route of its own: its block is on the bridge', () => {
    const state = hostStateOf(record('bridge', dual), sources);
    expect(state.routes).toEqual([]);
    expect(state.neighbours[0]?.link).toBe('poplin0');
    const blocks = blockStateOf([parseCidr('10.244.0.0/26')], { mtu: 1450 }, sources);
    expect(blocks.links).toEqual([
      { name: 'poplin0', kind: 'bridge', mtu: 1450, mac: '0a:58:a9:fe:01:01' },
    ]);
    expect(blocks.routes).toEqual([
      { type: 'unicast', dst: '10.244.0.0/26', link: 'poplin0', source: '192.168.7.1' },
    ]);
  });
});

describe('cniResult', () => {
  it('points every address at the interface in the container', () => {
    for (const mode of ['routed', 'bridge'] as const) {
      const result = JSON.parse(cniResult(record(mode, dual), '1.0.0'));
      for (const { interface: index } of result.ips) {
        expect(result.interfaces[index]).toMatchObject({ name: 'eth0', sandbox: '/run/netns/p' });
      }
    }
  });

  it('names the family of an address before 1.0.0, and not from then on', () => {
    for (const version of ['0.3.1', '0.4.0'] as const) {
      const result = JSON.parse(cniResult(record('routed', dual), version));
      expect(result.cniVersion).toBe(version);
      expect(result.ips.map((ip: { version: string }) => ip.version)).toEqual(['4', '6']);
      expect(result.dns).toEqual({});
    }
    const now = JSON.parse(cniResult(record('routed', dual), '1.0.0'));
    expect(now.ips[0]).not.toHaveProperty('version');
    expect(now).not.toHaveProperty('dns');
  });

  it('tells the MTU from 1.1.0 on', () => {
    const result = JSON.parse(cniResult(record('routed', dual), '1.1.0'));
    expect(result.interfaces.map(({ mtu }: { mtu: number }) => mtu)).toEqual([1500, 1500]);
    expect(cniResult(record('routed', dual), '1.0.0')).not.toContain('mtu');
  });
});
