import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ThrowawayHost, throwawayHost } from './testing/throwaway-host.js';

let host: ThrowawayHost;
const ip = (args: string): string => host.ip(args);
const addInterface: ThrowawayHost['addInterface'] = (...args) => host.addInterface(...args);
const choose: ThrowawayHost['choose'] = (...args) => host.choose(...args);
beforeEach(() => {
  host = throwawayHost();
});
afterEach(() => host[Symbol.dispose]());

describe('the address of an interface', () => {
  it('is the primary one, not a secondary of the same prefix', async () => {
    addInterface('eth0', '192.168.5.9/24', '192.168.5.1/24');
    expect((await choose('eth0')).addresses).toMatchObject([{ ip: '192.168.5.9' }]);
  });

  it('is permanent rather than one with a lifetime, and never deprecated where another is', async () => {
    addInterface('eth0', 'fd00:5::1/64 valid_lft 1000 preferred_lft 0');
    ip('address add fd00:5::2/64 dev eth0 nodad valid_lft 1000 preferred_lft 1000');
    ip('address add fd00:5::3/64 dev eth0 nodad');
    ip('address add fd00:5::4/64 dev eth0 nodad valid_lft 1000 preferred_lft 0');
    expect((await choose('eth0')).addresses).toMatchObject([{ ip: 'fd00:5::3' }]);
    ip('address del fd00:5::3/64 dev eth0');
    expect((await choose('eth0')).addresses).toMatchObject([{ ip: 'fd00:5::2' }]);
  });

  it('is the one that the route sends from', async () => {
    addInterface('eth0', '192.168.5.1/24', '192.168.6.1/24');
    ip('route add default via 192.168.5.254 src 192.168.6.1');
    expect((await choose('')).addresses).toMatchObject([
      { ip: '192.168.6.1', onLink: '192.168.6.0/24' },
    ]);
  });

  it('may be on the loopback, where a routed host has it', async () => {
    addInterface('eth0', '192.168.5.1/24');
    ip('address add 10.99.0.7/32 dev lo scope global');
    ip('route add default via 192.168.5.254 src 10.99.0.7');
    expect(await choose('')).toMatchObject({
      link: 'eth0',
      addresses: [{ ip: '10.99.0.7', onLink: '10.99.0.7/32' }],
    });
  });

  it('has the other end as its on-link prefix on a point-to-point link', async () => {
    addInterface('eth0', '10.9.0.1 peer 10.8.0.0/24');
    expect((await choose('eth0')).addresses).toMatchObject([
      { ip: '10.9.0.1', onLink: '10.8.0.0/24' },
    ]);
  });
});
