import { parseIp, silentLog } from '@poplin/net';
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

describe('without a choice', () => {
  it('takes the interface that reaches the registry, not that of the default route', async () => {
    addInterface('eth0', '10.0.2.15/24');
    addInterface('eth1', '192.168.5.1/24');
    ip('route add default via 10.0.2.2');
    expect((await choose('', ['192.168.5.10'])).link).toBe('eth1');
  });

  it('takes the interface that has the address of a registry on this very host', async () => {
    addInterface('eth0', '10.0.2.15/24');
    addInterface('eth1', '192.168.5.1/24');
    ip('route add default via 10.0.2.2');
    expect((await choose('', ['192.168.5.1'])).link).toBe('eth1');
  });

  it('falls through to the default route for a registry on a loopback address', async () => {
    addInterface('eth0', '10.0.2.15/24');
    addInterface('eth1', '192.168.5.1/24');
    ip('route add default via 10.0.2.2');
    expect((await choose('', ['127.0.0.1', '::1'])).link).toBe('eth0');
  });

  it('resolves the names of the registry, and says so when it cannot', async () => {
    addInterface('eth0', '10.0.2.15/24');
    addInterface('eth1', '192.168.5.1/24');
    ip('route add default via 10.0.2.2');
    const resolve = async (name: string) => {
      if (name === 'etcd.example') return [parseIp('192.168.5.10')];
      throw new Error(`no address for ${name}`);
    };
    expect((await choose('', ['gone.example', 'etcd.example'], { resolve })).link).toBe('eth1');
    const warnings: unknown[] = [];
    const log = { ...silentLog, warn: (facts: unknown) => void warnings.push(facts) };
    expect((await choose('', ['gone.example'], { resolve, log })).link).toBe('eth0');
    expect(warnings).toMatchObject([{ host: 'gone.example', error: { message: /no address/ } }]);
  });

  it('prefers the default route with the best metric, and IPv4 to IPv6', async () => {
    addInterface('eth0', '10.0.2.15/24');
    addInterface('eth1', '192.168.5.1/24');
    addInterface('eth2', 'fd00:5::1/64');
    ip('route add default via fd00:5::2');
    expect((await choose('')).link).toBe('eth2');
    ip('route add default via 10.0.2.2 metric 200');
    ip('route add default via 192.168.5.254 metric 100');
    expect((await choose('')).link).toBe('eth1');
  });

  it('understands a default route with several ways', async () => {
    addInterface('eth0', '10.0.2.15/24');
    addInterface('eth1', '192.168.5.1/24');
    ip('route add default nexthop via 192.168.5.254 nexthop via 10.0.2.2');
    expect((await choose('')).link).toBe('eth1');
  });

  it('takes the only interface with an address where there is no default route', async () => {
    addInterface('eth0', '192.168.5.1/24');
    addInterface('eth1');
    expect((await choose('', ['10.1.1.1'])).link).toBe('eth0');
  });

  it('is at a loss with two interfaces and no route, and lists them', async () => {
    addInterface('eth0', '192.168.5.1/24');
    addInterface('eth1', '192.168.6.1/24', 'fd00:6::1/64');
    await expect(choose('')).rejects.toMatchObject({
      code: 'NO_UNDERLAY',
      message: expect.stringContaining(
        'Interfaces of this host: eth0 (192.168.5.1/24), eth1 (192.168.6.1/24, fd00:6::1/64)',
      ),
      remedy: expect.stringContaining('--interface'),
    });
  });

  it('says so when there is nothing at all', async () => {
    await expect(choose('')).rejects.toMatchObject({
      code: 'NO_UNDERLAY',
      message: expect.stringContaining('no interface besides its loopback'),
    });
  });
});
