import type { MonitorEvent } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { delayOfLook } from './events.js';

const link = (name: string) => ({ kind: 'link', action: 'new', link: { name } }) as MonitorEvent;
const address = (scope: string) =>
  ({ kind: 'address', action: 'del', address: { scope } }) as MonitorEvent;
const route = (parts: object) =>
  ({
    kind: 'route',
    action: 'new',
    route: { table: 254, protocol: 3, dst: '0.0.0.0/0', ...parts },
  }) as MonitorEvent;

describe('events that concern the underlay', () => {
  it.each(['eth0', 'bond0', 'pop0', 'popcorn12345678', 'vlan.7'])(
    'are those of link %s',
    (name) => {
      expect(delayOfLook(link(name))).toBe(10);
    },
  );

  it.each(['pop0123456789a', 'popx0123456789a', 'pbw0123456789a', 'poplin0', 'poplin.vxlan6'])(
    'are not those of %s, which Poplin made',
    (name) => {
      expect(delayOfLook(link(name))).toBeUndefined();
    },
  );

  it('are those of addresses that others can reach', () => {
    expect(delayOfLook(address('global'))).toBe(10);
    expect(delayOfLook(address('site'))).toBe(10);
    expect(delayOfLook(address('link'))).toBeUndefined();
  });

  it('are those of routes, of default routes at once', () => {
    expect(delayOfLook(route({}))).toBe(10);
    expect(delayOfLook(route({ dst: '::/0' }))).toBe(10);
    expect(delayOfLook(route({ dst: '10.0.0.0/8' }))).toBe(1000);
    expect(delayOfLook(route({ protocol: 112 }))).toBeUndefined();
    expect(delayOfLook(route({ table: 255 }))).toBeUndefined();
    expect(delayOfLook(route({ dst: 'fd00::/64', protocol: 2 }))).toBe(1000);
    expect(delayOfLook(route({ dst: 'fe80::/64', protocol: 2 }))).toBeUndefined();
  });

  it('are lost ones, too', () => {
    expect(delayOfLook({ kind: 'resync', reason: 'full' })).toBe(10);
    expect(delayOfLook({ kind: 'nftables', authors: [1] })).toBeUndefined();
  });
});
