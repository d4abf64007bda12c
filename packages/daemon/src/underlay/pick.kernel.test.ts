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

describe('an interface by name', () => {
  it('is told with MTU, MAC and one address per family with its on-link prefix', async () => {
    addInterface('eth0', '192.168.5.1/24', 'fd00:5::1/64');
    ip('link set eth0 mtu 1400');
    const [shown] = JSON.parse(ip('-j link show eth0'));
    expect(await choose('eth0')).toEqual({
      link: 'eth0',
      mtu: 1400,
      mac: shown.address,
      addresses: [
        { family: 'ipv4', ip: '192.168.5.1', onLink: '192.168.5.0/24' },
        { family: 'ipv6', ip: 'fd00:5::1', onLink: 'fd00:5::/64' },
      ],
    });
  });

  it('is refused when there is none of that name, with the nearest and all there are', async () => {
    addInterface('eth0', '192.168.5.1/24');
    addInterface('eth1');
    ip('link set eth1 down');
    await expect(choose('eth9')).rejects.toMatchObject({
      code: 'INTERFACE_NOT_FOUND',
      message:
        'there is no interface "eth9"; did you mean eth0?. ' +
        'Interfaces of this host: eth0 (192.168.5.1/24), eth1 (down, no address)',
    });
  });

  it('is refused while it is down', async () => {
    addInterface('eth0', '192.168.5.1/24');
    ip('link set eth0 down');
    await expect(choose('eth0')).rejects.toMatchObject({ code: 'INTERFACE_DOWN', retryable: true });
  });

  it('is refused without an address that others could reach', async () => {
    addInterface('eth0', '169.254.9.9/16 scope link');
    await expect(choose('eth0')).rejects.toMatchObject({ code: 'INTERFACE_WITHOUT_ADDRESS' });
  });

  it('is refused when it is the loopback or one of our own', async () => {
    addInterface('poplin0', '10.244.0.1/26');
    ip('link set poplin0 alias poplin:bridge');
    await expect(choose('lo')).rejects.toMatchObject({ code: 'INTERFACE_NOT_FOUND' });
    await expect(choose('poplin0')).rejects.toMatchObject({ code: 'INTERFACE_NOT_FOUND' });
  });
});

describe('an interface by prefix', () => {
  it('is the one with an address inside, and that address', async () => {
    addInterface('eth0', '10.0.2.15/24');
    addInterface('eth1', '192.168.5.1/24', '192.168.6.1/24');
    expect(await choose('192.168.6.0/24')).toMatchObject({
      link: 'eth1',
      addresses: [{ ip: '192.168.6.1' }],
    });
  });

  it('is refused when two have one, and when none has', async () => {
    addInterface('eth0', '192.168.5.1/24');
    addInterface('eth1', '192.168.6.1/24');
    await expect(choose('192.168.0.0/16')).rejects.toMatchObject({
      code: 'INTERFACE_AMBIGUOUS',
      retryable: false,
      message: expect.stringContaining('eth0 (192.168.5.1) and eth1 (192.168.6.1)'),
    });
    await expect(choose('10.0.0.0/8')).rejects.toMatchObject({
      code: 'INTERFACE_NOT_FOUND',
      message: expect.stringContaining('no interface has an address in 10.0.0.0/8'),
    });
  });
});

describe('an interface by what it can reach', () => {
  beforeEach(() => {
    addInterface('eth0', '10.0.2.15/24');
    addInterface('eth1', '192.168.5.1/24', 'fd00:5::1/64');
    ip('route add default via 10.0.2.2');
    ip('route add 172.16.0.0/12 via 192.168.5.254');
  });

  it.each([
    ['8.8.8.8', 'eth0'],
    ['172.16.9.9', 'eth1'],
    ['fd00:5::9', 'eth1'],
    ['192.168.5.1', 'eth1'],
  ])('for %s is %s', async (target, link) => {
    expect((await choose(`can-reach=${target}`)).link).toBe(link);
  });

  it('is refused when nothing leads there', async () => {
    for (const target of ['2001:db8::1', '127.0.0.1']) {
      await expect(choose(`can-reach=${target}`)).rejects.toMatchObject({
        code: 'INTERFACE_NOT_FOUND',
        message: expect.stringContaining(`no interface of this host leads to ${target}`),
      });
    }
  });
});
