import type { Cidr, Ip, Mac } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyKernelState, type KernelState, kernelState } from '../kernel-state.js';
import { kernelStateSchema } from './kernel-state.js';

const mac = '02:00:00:00:00:02' as Mac;

/** One entry of every kind, with every member that it can have. */
const full: KernelState = {
  links: [
    { kind: 'bridge', name: 'poplin0', mtu: 1500, mac },
    {
      kind: 'vxlan',
      name: 'poplin.vxlan6.b',
      mtu: 1430,
      mac,
      vni: 1,
      port: 8472,
      local: 'fd77::1' as Ip,
      underlay: 'eth0',
    },
    { kind: 'ipip', name: 'poplin.ipip', mtu: 1480, local: '192.168.7.1' as Ip, underlay: 'eth0' },
    { kind: 'ip6tnl', name: 'poplin.ip6tnl', mtu: 1460, local: 'fd77::1' as Ip, underlay: 'eth0' },
    { kind: 'tun', name: 'poplin.udp', mtu: 1472 },
  ],
  bridgePorts: [{ link: 'pop0123456789a', bridge: 'poplin0', hairpin: true, isolated: false }],
  addresses: [{ link: 'poplin.x', ip: 'fd77::1' as Ip, length: 128, scope: 'global' }],
  routes: [
    {
      type: 'unicast',
      dst: '10.244.1.0/26' as Cidr,
      link: 'eth0',
      via: 'fd77::2' as Ip,
      onlink: true,
      source: '192.168.7.1' as Ip,
      mtu: 1400,
      table: 112,
    },
    { type: 'blackhole', dst: '10.244.0.0/26' as Cidr },
  ],
  rules: [
    {
      family: 'ipv4',
      priority: 11200,
      from: '10.244.0.0/16' as Cidr,
      to: '10.0.0.0/8' as Cidr,
      table: 112,
    },
  ],
  neighbours: [{ link: 'poplin.x', ip: 'fe80::1' as Ip, mac }],
  fdb: [{ link: 'poplin.x', mac, dst: '192.168.7.2' as Ip }],
  offloads: [{ link: 'poplin.x', txChecksum: false }],
  sysctls: [{ key: 'net/ipv4/conf/poplin.x/rp_filter', value: '2' }],
  tunnels: [{ protocol: 'udp', port: 8472 }, { protocol: 'ipip' }, { protocol: 'ip6ip6' }],
  forwards: [{ cidr: '10.244.0.0/16' as Cidr }],
  masquerade: [{ role: 'exempt', cidr: '10.244.0.0/16' as Cidr }],
  plainSources: [{ source: '10.244.0.5' as Ip, dst: '10.0.0.0/8' as Cidr }],
  portMappings: [
    {
      protocol: 'sctp',
      hostIp: '192.168.7.1' as Ip,
      hostPort: 80,
      ip: '10.244.0.5' as Ip,
      port: 8080,
      hairpin: '10.244.0.5/32' as Cidr,
    },
  ],
  isolations: [{ link: 'pop0123456789a' }],
  loopbackRoutes: [{ link: 'pop0123456789a' }],
  shapings: [
    { link: 'pop0123456789a', toPod: { rate: 1, burst: 1 }, fromPod: { rate: 9, burst: 9 } },
  ],
};

const pathsOf = (value: unknown): string[] => {
  const parsed = kernelStateSchema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
};
/** The state with another value at a path. */
function changed(path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(full);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let place = copy as Record<string, unknown>;
  for (const step of steps) place = place[step] as Record<string, unknown>;
  place[last] = value;
  return copy;
}

describe('kernelStateSchema', () => {
  it('takes every kind of object, and gives it back as it was', () => {
    expect(kernelStateSchema.parse(full)).toEqual(full);
    expect(kernelStateSchema.parse(emptyKernelState)).toEqual(emptyKernelState);
  });

  it('knows every kind, and wants all of them', () => {
    for (const kind of Object.keys(emptyKernelState)) {
      const { [kind]: _, ...rest } = full as unknown as Record<string, unknown>;
      expect(pathsOf(rest)).toEqual([kind]);
    }
  });

  it.each([
    ['links.0.name', 'sixteen-bytes-xx'],
    ['links.0.name', 'ünïcödé-bytes'],
    ['links.0.name', 'a/b'],
    ['links.0.name', 'a b'],
    ['links.0.name', ''],
    ['links.0.name', '..'],
    ['links.0.mtu', 67],
    ['links.0.mtu', 65_536],
    ['links.0.mtu', 1500.5],
    ['links.0.mac', '02:00:00:00:00:0G'],
    ['links.0.mac', '0A:00:00:00:00:02'],
    ['links.1.vni', 0],
    ['links.1.vni', 0x1000000],
    ['links.1.port', 0],
    ['links.1.port', 65_536],
    ['links.1.local', 'fd77:0::1'],
    ['bridgePorts.0.bridge', 'a/b'],
    ['bridgePorts.0.hairpin', 1],
    ['addresses.0.ip', 'FD77::1'],
    ['addresses.0.length', -1],
    ['addresses.0.scope', 'site'],
    ['routes.0.dst', '10.244.1.5/26'],
    ['routes.0.dst', '10.244.1.0/33'],
    ['routes.0.via', '010.0.0.1'],
    ['routes.0.source', 'fd77::1'],
    ['routes.0.table', 0],
    ['routes.0.mtu', 1],
    ['routes.0.onlink', 'yes'],
    ['rules.0.family', 'ipv5'],
    ['rules.0.priority', 0],
    ['rules.0.from', 'fd00::/64'],
    ['rules.0.to', '0.0.0.0/0'],
    ['neighbours.0.ip', '1.2.3'],
    ['fdb.0.dst', ''],
    ['offloads.0.txChecksum', true],
    ['sysctls.0.key', 'kernel/panic'],
    ['sysctls.0.key', 'net/../kernel/panic'],
    ['sysctls.0.key', 'net/ipv4/./x'],
    ['sysctls.0.key', 'net/ipv4/conf/a b/x'],
    ['sysctls.0.value', '1\n2'],
    ['tunnels.0.port', -1],
    ['portMappings.0.hairpin', 'fd00::/64'],
    ['portMappings.0.hostIp', 'fd00::1'],
    ['shapings.0.toPod.rate', 0],
  ])('refuses %s of %j at its path', (path, value) => {
    expect(pathsOf(changed(path, value))).toEqual([path]);
  });

  it('refuses members that it does not know, at any depth', () => {
    expect(pathsOf({ ...full, nftables: [] })).toEqual(['']);
    expect(pathsOf(changed('routes.0.metric', 5))).toEqual(['routes.0']);
    expect(pathsOf(changed('links.4.mac', mac))).toEqual(['links.4']);
  });

  it('refuses an IPv4 next hop of an IPv6 destination, and an IPv4 address with an IPv6 length', () => {
    const routes = [{ type: 'unicast', dst: 'fd00::/64', link: 'eth0', via: '10.0.0.1' }];
    expect(pathsOf({ ...emptyKernelState, routes })).toEqual(['routes.0.via']);
    const addresses = [{ link: 'poplin.x', ip: '10.0.0.1', length: 33, scope: 'link' }];
    expect(pathsOf({ ...emptyKernelState, addresses })).toEqual(['addresses.0.length']);
  });

  it('bounds the lists', () => {
    const link = { kind: 'tun', name: 'poplin.x', mtu: 1400 } as const;
    const many = (count: number) =>
      kernelState({ links: Array.from({ length: count }, () => link) });
    expect(pathsOf(many(256))).toEqual([]);
    expect(pathsOf(many(257))).toEqual(['links']);
  });

  it('never throws, and takes nothing but what is JSON and stays as it is', () => {
    const part = fc.oneof(fc.anything(), fc.constantFrom(...Object.values(full).flat()));
    const states = fc.record(
      Object.fromEntries(
        Object.keys(full).map((kind) => [kind, fc.oneof(fc.array(part, { maxLength: 3 }), part)]),
      ),
      { requiredKeys: Object.keys(full) },
    );
    fc.assert(
      fc.property(fc.oneof(states, fc.anything()), (value) => {
        const parsed = kernelStateSchema.safeParse(value);
        if (parsed.success) expect(JSON.parse(JSON.stringify(parsed.data))).toEqual(value);
        else expect(parsed.error.issues.length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells a damaged state from a sound one', () => {
    const paths = fc.constantFrom(
      ...Object.entries(full).flatMap(([kind, list]) =>
        (list as readonly object[]).flatMap((one, at) =>
          Object.keys(one).map((key) => `${kind}.${at}.${key}`),
        ),
      ),
    );
    const junk = fc.oneof(
      fc.constantFrom(null, -1, 1e17, '', 'x'.repeat(300), [], {}),
      fc.double({ noInteger: true }),
    );
    fc.assert(
      fc.property(paths, junk, (path, value) => {
        expect(pathsOf(changed(path, value)).length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
