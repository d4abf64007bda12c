import { describe, expect, it } from 'vitest';
import { packet } from '../../test-support/packets.js';
import { addUp, checksumOf } from './checksum.js';
import { icmpError, mayTell } from './icmp.js';

const v4 = { source: '10.244.1.5', destination: '10.244.2.5' };
const v6 = { source: 'fd10:244:0:1::5', destination: 'fd10:244:0:2::5' };
const build = (
  family: 'ipv4' | 'ipv6',
  error: Parameters<typeof icmpError>[1],
  bytes: Uint8Array,
) => icmpError(family, error, bytes, 0, bytes.length);

describe('icmpError', () => {
  it('has the type, code and MTU of RFC 792, RFC 1191 and RFC 4443, and quotes the packet', () => {
    const cases = [
      ['ipv4', { kind: 'time-exceeded' }, '0b00', '00000000'],
      ['ipv4', { kind: 'unreachable' }, '0300', '00000000'],
      ['ipv4', { kind: 'too-big', mtu: 1472 }, '0304', '000005c0'],
      ['ipv6', { kind: 'time-exceeded' }, '0300', '00000000'],
      ['ipv6', { kind: 'unreachable' }, '0100', '00000000'],
      ['ipv6', { kind: 'too-big', mtu: 1452 }, '0200', '000005ac'],
    ] as const;
    for (const [family, error, type, rest] of cases) {
      const bytes = packet(family === 'ipv4' ? v4 : v6);
      const hex = Buffer.from(build(family, error, bytes)).toString('hex');
      expect(hex.slice(0, 4), error.kind).toBe(type);
      expect(hex.slice(8, 16), error.kind).toBe(rest);
      expect(hex.slice(16)).toBe(Buffer.from(bytes).toString('hex'));
    }
  });

  it('has a checksum for IPv4, and leaves that of IPv6 to the kernel', () => {
    const message = build('ipv4', { kind: 'unreachable' }, packet(v4));
    expect(checksumOf(addUp(message, 0, message.length))).toBe(0);
    expect(message.subarray(2, 4)).not.toEqual(new Uint8Array(2));
    expect(build('ipv6', { kind: 'unreachable' }, packet(v6)).subarray(2, 4)).toEqual(
      new Uint8Array(2),
    );
  });

  it('is at most 576 bytes of IPv4 and 1280 of IPv6 with its IP header', () => {
    const payload = new Uint8Array(3000);
    const error = { kind: 'too-big', mtu: 1472 } as const;
    expect(build('ipv4', error, packet({ ...v4, payload })).length).toBe(556);
    expect(build('ipv6', error, packet({ ...v6, payload })).length).toBe(1240);
  });
});

describe('mayTell', () => {
  const tells = (
    parts: Parameters<typeof packet>[0],
    kind: 'too-big' | 'unreachable' = 'unreachable',
  ) => {
    const bytes = packet(parts);
    return mayTell(parts.source.includes(':') ? 'ipv6' : 'ipv4', kind, bytes, 0, bytes.length);
  };
  const icmp = (type: number): Uint8Array => Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0);

  it('is true of what a host sent to a host, an echo request as well', () => {
    expect(tells(v4)).toBe(true);
    expect(tells(v6)).toBe(true);
    expect(tells({ ...v4, protocol: 1, payload: icmp(8) })).toBe(true);
    expect(tells({ ...v6, protocol: 58, payload: icmp(128) })).toBe(true);
  });

  it('is false of errors and redirects, or two routers would never end', () => {
    for (const type of [3, 4, 5, 11, 12]) {
      expect(tells({ ...v4, protocol: 1, payload: icmp(type) }), `${type}`).toBe(false);
    }
    for (const type of [1, 2, 3, 4, 100, 137]) {
      expect(tells({ ...v6, protocol: 58, payload: icmp(type) }), `${type}`).toBe(false);
    }
    const behind = Uint8Array.from([58, 0, 0, 0, 0, 0, 0, 0, ...icmp(3)]);
    expect(tells({ ...v6, protocol: 60, payload: behind })).toBe(false);
  });

  it('is false of later fragments, and of sources and destinations that are no host', () => {
    expect(tells({ ...v4, fragment: 0x2001 })).toBe(false);
    expect(tells({ ...v6, protocol: 44, payload: Uint8Array.of(17, 0, 0, 8, 0, 0, 0, 1) })).toBe(
      false,
    );
    for (const source of ['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255']) {
      expect(tells({ ...v4, source }), source).toBe(false);
      expect(tells({ ...v4, destination: source }), source).toBe(false);
    }
    for (const source of ['::', '::1', 'ff02::1'])
      expect(tells({ ...v6, source }), source).toBe(false);
  });

  it('is true of a multicast of IPv6 that is too big, and of no other', () => {
    expect(tells({ ...v6, destination: 'ff0e::1' }, 'too-big')).toBe(true);
    expect(tells({ ...v6, destination: 'ff0e::1' })).toBe(false);
  });

  it('is false where a packet ends before its ICMP header', () => {
    expect(tells({ ...v4, protocol: 1, payload: new Uint8Array(0) })).toBe(false);
    expect(tells({ ...v6, protocol: 58, payload: new Uint8Array(0) })).toBe(false);
  });
});
