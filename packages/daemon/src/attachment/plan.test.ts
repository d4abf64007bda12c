import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { blockStateOf, hostStateOf, podAddresses, portMappingsOf } from './plan.js';
import { addresses, sampleRecord } from './testing/sample-record.js';

const dual = [
  ...addresses('10.244.0.5', '10.244.0.0/26'),
  ...addresses('fd00:10::5', 'fd00:10::/122'),
];
const record = (mode: 'routed' | 'bridge') => sampleRecord({ mode, addresses: dual });
const sources = [parseIp('192.168.7.1'), parseIp('fd77::1')];

describe('a routed pod', () => {
  it('has its addresses alone on the link, and a gateway that nobody has', () => {
    expect(podAddresses(record('routed'))).toEqual([
      { ip: '10.244.0.5', length: 32, gateway: '169.254.1.1' },
      { ip: 'fd00:10::5', length: 128, gateway: 'fe80::1' },
    ]);
  });

  it('is reached by a route and a permanent neighbour on its own link, from the node own address', () => {
    const state = hostStateOf(record('routed'), sources, 'poplin0');
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
    expect(podAddresses(record('bridge')).map(({ length }) => length)).toEqual([26, 122]);
  });

  it('is a port of the bridge, with the options of its record', () => {
    const wished = { hairpin: true, isolation: true };
    const state = hostStateOf(sampleRecord({ mode: 'bridge', ...wished }), sources, 'poplin0');
    expect(state.bridgePorts).toEqual([
      { link: 'pop0123456789a', bridge: 'poplin0', hairpin: true, isolated: true },
    ]);
    expect(hostStateOf(record('routed'), sources, 'poplin0').bridgePorts).toEqual([]);
  });

  it('needs no route of its own: its block is on the bridge', () => {
    const state = hostStateOf(record('bridge'), sources, 'poplin0');
    expect(state.routes).toEqual([]);
    expect(state.neighbours[0]?.link).toBe('poplin0');
    const blocks = blockStateOf(
      [parseCidr('10.244.0.0/26')],
      { name: 'poplin0', mtu: 1450 },
      sources,
    );
    expect(blocks.links).toEqual([
      { name: 'poplin0', kind: 'bridge', mtu: 1450, mac: '0a:58:a9:fe:01:01' },
    ]);
    expect(blocks.routes).toEqual([
      { type: 'unicast', dst: '10.244.0.0/26', link: 'poplin0', source: '192.168.7.1' },
    ]);
  });
});

describe('a pod on a bridge of an earlier name', () => {
  it('keeps its bridge, and gets a route of its own since its block is elsewhere', () => {
    const state = hostStateOf(record('bridge'), sources, 'poplin7');
    expect(state.links).toMatchObject([{ name: 'poplin0', kind: 'bridge' }]);
    expect(state.routes.map((route) => route.dst)).toEqual(['10.244.0.5/32', 'fd00:10::5/128']);
  });
});

describe('what a pod asks for', () => {
  it('reaches the host as port mappings of each address of their family', () => {
    const portMappings = [
      { protocol: 'tcp' as const, hostPort: 80, containerPort: 8080 },
      { protocol: 'udp' as const, family: 'ipv6' as const, hostPort: 53, containerPort: 53 },
    ];
    expect(portMappingsOf(sampleRecord({ addresses: dual, portMappings }))).toEqual([
      { protocol: 'tcp', hostPort: 80, ip: '10.244.0.5', port: 8080, hairpin: '10.244.0.5/32' },
      { protocol: 'tcp', hostPort: 80, ip: 'fd00:10::5', port: 8080, hairpin: 'fd00:10::5/128' },
      { protocol: 'udp', hostPort: 53, ip: 'fd00:10::5', port: 53, hairpin: 'fd00:10::5/128' },
    ]);
  });

  it('needs the way back past the host in mode bridge, so the whole block is translated', () => {
    const portMappings = [{ protocol: 'tcp' as const, hostPort: 80, containerPort: 8080 }];
    const [mapping] = portMappingsOf(sampleRecord({ mode: 'bridge', portMappings }));
    expect(mapping?.hairpin).toBe('10.244.0.0/26');
  });

  it('keeps its source only towards destinations of its family', () => {
    const plainDestinations = [parseCidr('192.168.0.0/16'), parseCidr('2001:db8::/32')];
    const state = hostStateOf(sampleRecord({ plainDestinations }), sources, 'poplin0');
    expect(state.plainSources).toEqual([{ source: '10.244.0.5', dst: '192.168.0.0/16' }]);
  });

  it('is isolated by the host in mode routed, and by its bridge else', () => {
    const isolated = (mode: 'routed' | 'bridge') =>
      hostStateOf(sampleRecord({ mode, isolation: true }), sources, 'poplin0').isolations;
    expect(isolated('routed')).toEqual([{ link: 'pop0123456789a' }]);
    expect(isolated('bridge')).toEqual([]);
  });

  it('is limited on its own link, whatever it hangs on', () => {
    const bandwidth = { ingress: { rate: 1e6, burst: 8e5 } };
    expect(
      hostStateOf(sampleRecord({ mode: 'bridge', bandwidth }), sources, 'poplin0').shapings,
    ).toEqual([{ link: 'pop0123456789a', toPod: { rate: 1e6, burst: 1e5 } }]);
    expect(hostStateOf(sampleRecord(), sources, 'poplin0').shapings).toEqual([]);
  });
});
