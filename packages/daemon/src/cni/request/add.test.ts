import { describe, expect, it } from 'vitest';
import { call, config, defaults, refusal } from '../testing/call.js';
import { parseAddCall } from './add.js';

const attempt = (parts: Parameters<typeof call>[0]) =>
  refusal(() => parseAddCall(call(parts), defaults));

describe('parseAddCall', () => {
  it('takes what containerd sends', () => {
    expect(parseAddCall(call(), defaults)).toEqual({
      containerId: 'a'.repeat(64),
      ifname: 'eth0',
      netnsPath: '/run/netns/cni-1',
      cniVersion: '1.1.0',
      network: 'poplin',
      pod: 'shop/cart-0',
      options: {
        mtu: 1450,
        mtuAsked: false,
        hairpin: true,
        isolation: false,
        masquerade: { enabled: true, except: [] },
        ips: [],
        routes: [],
        sysctls: [],
        portMappings: [],
        bandwidth: {},
      },
    });
  });

  it.each(['0.3.1', '0.4.0', '1.0.0', '1.1.0'])('takes version %s', (cniVersion) => {
    const request = parseAddCall(call({ config: config({ cniVersion }) }), defaults);
    expect(request.cniVersion).toBe(cniVersion);
  });

  it.each([
    ['a container id with a slash', { containerId: 'a/b' }],
    ['a container id that begins with a dash', { containerId: '-a' }],
    ['a container id with a line break', { containerId: 'a\n' }],
    ['no container id', { containerId: '' }],
    ['no interface name', { ifname: '' }],
    ['an interface name of 16 bytes', { ifname: 'x'.repeat(16) }],
    ['an interface name of 16 bytes in 8 characters', { ifname: 'ü'.repeat(8) }],
    ['an interface called .', { ifname: '.' }],
    ['an interface called ..', { ifname: '..' }],
    ['an interface name with a slash', { ifname: 'a/b' }],
    ['an interface name with a colon', { ifname: 'a:b' }],
    ['an interface name with a blank', { ifname: 'a b' }],
    ['an interface name with a NUL', { ifname: 'a\0b' }],
    ['no namespace', { netns: '' }],
    ['CNI_ARGS with two equal signs', { args: 'A=b=c' }],
  ])('refuses %s as a bad environment', (_what, parts) => {
    expect(attempt(parts)).toMatch(/^INVALID_REQUEST /);
  });

  it.each([
    ['nothing', ''],
    ['truncated JSON', '{"cniVersion": "1.0.0", "na'],
    ['a list', '[]'],
    ['null', 'null'],
    ['nesting without end', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
  ])('cannot decode %s', (_what, text) => {
    expect(attempt({ config: Buffer.from(text) })).toMatch(/^UNDECODABLE_CONFIG /);
  });

  it('cannot decode bytes that are not UTF-8', () => {
    expect(attempt({ config: Buffer.from([0x7b, 0xff, 0x7d]) })).toMatch(/^UNDECODABLE_CONFIG /);
  });

  it.each([['9.9.9'], [undefined], [null], [1], ['0.2.0'], ['1.0']])(
    'refuses version %j with those that it speaks',
    (cniVersion) => {
      expect(attempt({ config: config({ cniVersion }) })).toMatch(
        /^INCOMPATIBLE_VERSION .* speaks 0\.3\.1, 0\.4\.0, 1\.0\.0, 1\.1\.0$/,
      );
    },
  );

  it('takes a configuration without a version for 0.1.0', () => {
    expect(attempt({ config: Buffer.from('{"name":"x"}') })).toContain('CNI version "0.1.0"');
  });

  it.each([[undefined], [''], [null]])('refuses a network with the name %j as nameless', (name) => {
    expect(attempt({ config: config({ name }) })).toBe(
      'INVALID_NETWORK_CONFIG network configuration: name: is missing; name the network',
    );
  });

  it.each(['a b', '-a', 'a/b', 3, ['x']])('refuses the network name %j', (name) => {
    expect(attempt({ config: config({ name }) })).toMatch(/^INVALID_NETWORK_CONFIG .* name: /);
  });
});
