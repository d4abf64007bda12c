import type { Underlay } from '@poplin/backend';
import { type Family, parseCidr, parseIp, parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { isSameUnderlay, succeed } from './succession.js';

const v4 = { family: 'ipv4', ip: parseIp('192.168.7.1'), onLink: parseCidr('192.168.7.0/24') };
const v6 = { family: 'ipv6', ip: parseIp('fd77::1'), onLink: parseCidr('fd77::/64') };
const eth0 = { link: 'eth0', mtu: 1500, addresses: [v4, v6] } as Underlay;
const with_ = (parts: object): Underlay => ({ ...eth0, ...parts });
const nobody: ReadonlySet<Family> = new Set();

describe('succeed', () => {
  it('is the very same value when nothing changed', () => {
    expect(succeed(eth0, with_({ addresses: [{ ...v4 }, { ...v6 }] }), nobody)).toEqual({
      underlay: eth0,
      missing: [],
    });
    expect(succeed(eth0, with_({}), nobody).underlay).toBe(eth0);
  });

  it('keeps the address of a family that has none now, in its place', () => {
    for (const [left, gone] of [
      [v4, 'ipv6'],
      [v6, 'ipv4'],
    ] as const) {
      const { underlay, missing } = succeed(eth0, with_({ addresses: [left] }), nobody);
      expect(underlay).toBe(eth0);
      expect(missing).toEqual([gone]);
    }
  });

  it('lets it go when that is believed', () => {
    const { underlay, missing } = succeed(eth0, with_({ addresses: [v4] }), new Set(['ipv6']));
    expect(underlay.addresses).toEqual([v4]);
    expect(missing).toEqual([]);
  });

  it('takes the MTU that is there, whatever it keeps', () => {
    const { underlay } = succeed(eth0, with_({ mtu: 9000, addresses: [v4] }), nobody);
    expect(underlay).toEqual(with_({ mtu: 9000 }));
  });

  it('keeps nothing of another interface', () => {
    const eth1 = with_({ link: 'eth1', addresses: [v4] });
    expect(succeed(eth0, eth1, nobody)).toEqual({ underlay: eth1, missing: [] });
  });
});

describe('isSameUnderlay', () => {
  it.each([
    { link: 'eth1' },
    { mtu: 1400 },
    { mac: parseMac('02:00:00:00:00:01') },
    { addresses: [v4] },
    { addresses: [{ ...v4, onLink: parseCidr('192.168.0.0/16') }, v6] },
  ])('tells %o apart', (parts) => {
    expect(isSameUnderlay(eth0, with_(parts))).toBe(false);
  });
});
