import { describe, expect, it } from 'vitest';
import { optionsOf, refusal } from '../testing/call.js';

const portsOf = (...portMappings: readonly unknown[]) =>
  optionsOf({ runtimeConfig: { portMappings } }).portMappings;

const refused = (...portMappings: readonly unknown[]) => refusal(() => portsOf(...portMappings));

describe('portMappings', () => {
  it('are read as containerd writes them', () => {
    expect(portsOf({ HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '' })).toEqual([
      { protocol: 'tcp', hostPort: 8080, containerPort: 80 },
    ]);
  });

  it.each([
    ['absent', {}],
    ['empty', { protocol: '' }],
    ['TCP', { protocol: 'TCP' }],
  ])('are of tcp when the protocol is %s', (_what, protocol) => {
    expect(portsOf({ hostPort: 1, containerPort: 1, ...protocol })).toMatchObject([
      { protocol: 'tcp' },
    ]);
  });

  it.each([
    ['udp', 'udp'],
    ['UDP', 'udp'],
    ['SCTP', 'sctp'],
  ])('know the protocol %s', (written, protocol) => {
    expect(portsOf({ hostPort: 1, containerPort: 1, protocol: written })).toMatchObject([
      { protocol },
    ]);
  });

  it('without a host port ask for nothing', () => {
    expect(portsOf({ containerPort: 80 }, { hostPort: 0, containerPort: 0 })).toEqual([]);
  });

  it.each([
    ['', {}],
    ['0.0.0.0', { family: 'ipv4' }],
    ['::', { family: 'ipv6' }],
    ['192.0.2.1', { family: 'ipv4', hostIp: '192.0.2.1' }],
    ['2001:DB8:0::1', { family: 'ipv6', hostIp: '2001:db8::1' }],
  ])('with hostIP %j mean %j', (hostIP, meaning) => {
    expect(portsOf({ hostPort: 1, containerPort: 2, hostIP })).toEqual([
      { protocol: 'tcp', hostPort: 1, containerPort: 2, ...meaning },
    ]);
  });

  it.each([
    ['hostPort', -1],
    ['hostPort', 65536],
    ['hostPort', '80'],
    ['hostPort', 80.5],
    ['containerPort', 0],
    ['containerPort', -1],
    ['containerPort', 65536],
    ['protocol', 'icmp'],
    ['protocol', 6],
    ['hostIP', 'localhost'],
    ['hostIP', '10.0.0.1/32'],
    ['hostIP', 1],
  ])('are refused with %s %j', (key, value) => {
    expect(refused({ hostPort: 80, containerPort: 80, [key]: value })).toMatch(
      new RegExp(
        `^INVALID_NETWORK_CONFIG network configuration: runtimeConfig.portMappings\\[0\\].${key}: `,
      ),
    );
  });

  it.each([
    ['the same', {}, {}],
    ['one of them on every address', {}, { hostIP: '192.0.2.1' }],
    ['one of them on every address of the family', { hostIP: '0.0.0.0' }, { hostIP: '192.0.2.1' }],
    ['the same address in two spellings', { hostIP: '::1' }, { hostIP: '0::1' }],
  ])('are refused when two claim one port: %s', (_what, a, b) => {
    const twice = refused(
      { hostPort: 53, containerPort: 53, protocol: 'udp', ...a },
      { hostPort: 53, containerPort: 54, protocol: 'udp', ...b },
    );
    expect(twice).toContain('portMappings[1].hostPort: udp port 53 is mapped twice');
  });

  it.each([
    ['protocols', { protocol: 'tcp' }, { protocol: 'udp' }],
    ['addresses', { hostIP: '192.0.2.1' }, { hostIP: '192.0.2.2' }],
    ['families', { hostIP: '0.0.0.0' }, { hostIP: '::' }],
    ['ports', { hostPort: 1 }, { hostPort: 2 }],
  ])('may differ in their %s alone', (_what, a, b) => {
    expect(
      portsOf({ hostPort: 53, containerPort: 53, ...a }, { hostPort: 53, containerPort: 53, ...b }),
    ).toHaveLength(2);
  });

  it('may have one key in one spelling only', () => {
    expect(refused({ hostPort: 80, HostPort: 81, containerPort: 80 })).toBe(
      'INVALID_NETWORK_CONFIG network configuration: runtimeConfig.portMappings[0]: has hostPort twice, in different spellings',
    );
  });

  it('keep quiet about keys that a newer runtime may send', () => {
    expect(portsOf({ hostPort: 1, containerPort: 1, Range: 3 })).toHaveLength(1);
  });
});
