import { describe, expect, it } from 'vitest';
import type { Host } from './host.js';
import { Lab } from './lab.js';

describe('an underlay', () => {
  it.each(['ipv6', 'dual'] as const)(
    'lets hosts reach each other and the registry: %s',
    async (family) => {
      await using lab = await Lab.create({ nodes: 2, start: false, family });
      const [first, second] = lab.hosts as [Host, Host];
      expect(first.addresses).toEqual(await first.namespace.addresses());
      const [outside, registry] =
        family === 'ipv6' ? ['fd77::200', '[fd77::250]'] : ['192.168.77.200', '192.168.77.250'];
      for (const ip of [...second.addresses, outside]) await ping(first, ip);
      const input = 'GET /version HTTP/1.0\r\n\r\n';
      const asked = await second.namespace.must(['socat', '-t5', '-', `TCP:${registry}:2379`], {
        input,
      });
      expect(asked).toContain('etcdserver');
      expect(lab.etcd?.url).toBe(`etcd://${registry}:2379`);
    },
  );

  it('of two subnets routes between them, and drops what is not of the subnet that it comes from', async () => {
    await using lab = await Lab.create({ nodes: 4, start: false, family: 'dual', subnets: 2 });
    const [near, , far] = lab.hosts as [Host, Host, Host];
    for (const ip of far.addresses) await ping(near, ip);
    for (const ip of [...near.addresses, '192.168.77.250']) await ping(far, ip);
    const link = (await near.namespace.must(['ip', 'route', 'get', far.address])).trim();
    expect(link).toContain('via 192.168.77.250');

    expect(await lab.underlay.strangers()).toBe(0);
    await near.namespace.must(['ip', 'address', 'add', '10.244.0.1/32', 'dev', 'lo']);
    await near.namespace.must(['ip', 'address', 'add', 'fd00:10::1/128', 'dev', 'lo']);
    for (const [own, ip] of [
      ['10.244.0.1', far.addresses[0]],
      ['fd00:10::1', far.addresses[1]],
    ])
      expect((await tryPing(near, ip ?? '', ['-I', own ?? ''])).status).not.toBe(0);
    expect(await lab.underlay.strangers()).toBe(2);
  });

  it('carries between two hosts what the lesser of their MTUs allows', async () => {
    const mtu = { n1: 1500, n2: 9000, n3: 9000 };
    await using lab = await Lab.create({ nodes: 3, start: false, mtu });
    const [small, large, other] = lab.hosts as [Host, Host, Host];
    await ping(large, other.address, ['-M', 'do', '-s', '8972']);
    await ping(small, large.address, ['-M', 'do', '-s', '1472']);
    const { status } = await tryPing(large, small.address, ['-M', 'do', '-s', '8972']);
    expect(status).not.toBe(0);
  });

  it('has a router that says which MTU it has', async () => {
    const options = {
      nodes: 2,
      start: false,
      family: 'dual',
      subnets: 2,
      routerMtu: 1300,
    } as const;
    await using lab = await Lab.create(options);
    const [near, far] = lab.hosts as [Host, Host];
    for (const [ip, headers] of [
      [far.addresses[0], 28],
      [far.addresses[1], 48],
    ] as const) {
      await ping(near, ip ?? '', ['-M', 'do', '-s', String(1300 - headers)]);
      const { stdout, stderr } = await tryPing(near, ip ?? '', [
        '-M',
        'do',
        '-s',
        String(1301 - headers),
      ]);
      expect(stdout + stderr).toMatch(/mtu ?= ?1300/);
    }
  });

  it('has hosts with a strict reverse path filter where it is asked for', async () => {
    await using lab = await Lab.create({ nodes: 1, start: false, rpFilter: 1 });
    const { namespace } = lab.host('n1');
    for (const link of ['all', 'eth0'])
      expect(
        (await namespace.must(['sysctl', '-n', `net.ipv4.conf.${link}.rp_filter`])).trim(),
      ).toBe('1');
  });
});

function tryPing({ namespace }: Host, ip: string, more: readonly string[] = []) {
  return namespace.execute(['ping', '-n', '-c1', '-W1', ...more, ip]);
}

async function ping(from: Host, ip: string, more: readonly string[] = []): Promise<void> {
  const { status, stdout, stderr } = await tryPing(from, ip, more);
  expect(status, `${from.name} to ${ip} ${more.join(' ')}: ${stdout}${stderr}`).toBe(0);
}
