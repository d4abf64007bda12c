import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { families } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import type { Namespace } from '../test-support/namespace.js';
import { nodeIp, podIp, twoNodes } from '../test-support/two-nodes.js';

const ping = (from: Namespace, to: string, ...args: string[]): Promise<string> =>
  from.execAsync('ping', '-c5', '-i0.02', '-W5', ...args, to);

describe('packets between pods', () => {
  for (const underlay of families) {
    it(`of both families travel over an underlay of ${underlay}`, async () => {
      await using nodes = await twoNodes({ underlay: [underlay] });
      for (const family of families) {
        expect(await ping(nodes.a.pod, podIp(2, family))).toContain('5 received');
      }
      expect(nodes.a.counter('sent_packets')).toBeGreaterThanOrEqual(10);
      expect(nodes.b.counter('received_packets')).toBeGreaterThanOrEqual(10);
    });
  }

  it('travel over the underlay of their own family where there are both', async () => {
    await using nodes = await twoNodes({ underlay: families });
    const { host } = nodes.b;
    host.exec(
      'nft',
      'add table inet seen; add chain inet seen in { type filter hook input priority 0; }',
    );
    for (const family of families) {
      host.exec('nft', `add rule inet seen in meta nfproto ${family} udp dport 8285 counter`);
    }
    const seen = (): string[] =>
      [
        ...host
          .exec('nft', 'list', 'chain', 'inet', 'seen', 'in')
          .matchAll(/counter packets (\d+)/g),
      ].map(([, count]) => String(count));
    expect(await ping(nodes.a.pod, podIp(2))).toContain('5 received');
    expect(seen()).toEqual(['5', '0']);
    expect(await ping(nodes.a.pod, podIp(2, 'ipv6'))).toContain('5 received');
    expect(seen()).toEqual(['5', '5']);
  });

  it('arrive whole and in order: files over TCP, both ways at once', async () => {
    await using nodes = await twoNodes();
    const folder = mkdtempSync(join(tmpdir(), 'poplin-udp-'));
    const sent = join(folder, 'sent');
    const bytes = randomBytes(30 << 20);
    const copy = async (from: Namespace, to: Namespace, address: string): Promise<void> => {
      const got = join(folder, `${to.name}-${address.replaceAll(':', '-')}`);
      const [proto, host] = address.includes(':') ? ['TCP6', `[${address}]`] : ['TCP4', address];
      const sink = to.execAsync(
        'timeout',
        '40',
        'socat',
        '-u',
        `${proto}-LISTEN:9000`,
        `CREATE:${got}`,
      );
      await expect.poll(() => to.exec('ss', '-Hltn'), { timeout: 30_000 }).toContain(':9000');
      await from.execAsync('timeout', '40', 'socat', '-u', `FILE:${sent}`, `${proto}:${host}:9000`);
      await sink;
      expect(readFileSync(got).equals(bytes), address).toBe(true);
    };
    try {
      writeFileSync(sent, bytes);
      for (const family of families) {
        const [a, b] = [nodes.a.pod, nodes.b.pod];
        await Promise.all([copy(a, b, podIp(2, family)), copy(b, a, podIp(1, family))]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(nodes.a.counter('in_malformed') + nodes.b.counter('in_malformed')).toBe(0);
  });
});

describe('nodes and pods', () => {
  it('reach each other under their own addresses, with a strict reverse path filter', async () => {
    await using nodes = await twoNodes({ underlay: families });
    for (const { host } of [nodes.a, nodes.b]) {
      host.exec(
        'sysctl',
        '-qw',
        'net.ipv4.conf.all.rp_filter=1',
        'net.ipv4.conf.poplin/udp.rp_filter=1',
      );
    }
    for (const family of families) {
      expect(await ping(nodes.a.host, podIp(2, family))).toContain('5 received');
      const before = nodes.a.counter('sent_packets');
      expect(await ping(nodes.a.pod, nodeIp(2, family))).toContain('5 received');
      expect(nodes.a.counter('sent_packets') - before).toBeGreaterThanOrEqual(5);
    }
  });
});

describe('what does not fit', () => {
  for (const [family, header] of [
    ['ipv4', 28],
    ['ipv6', 48],
  ] as const) {
    it(`passes at exactly the MTU and is answered beyond it (${family})`, async () => {
      await using nodes = await twoNodes();
      const { pod, host } = nodes.a;
      const send = (length: number): Promise<string> =>
        ping(pod, podIp(2, family), '-Mdo', `-s${length - header}`);
      expect(await send(1472)).toContain('5 received');
      // The kernel answers by itself, unless it does not know what fits.
      host.exec('ip', 'link', 'set', 'poplin.udp', 'mtu', '1500');
      expect(await send(1473)).toMatch(/mtu ?= ?1472/);
      expect(nodes.a.counter('out_too_big')).toBeGreaterThan(0);
      expect(nodes.a.counter('icmp_errors')).toBeGreaterThan(0);
      expect(await send(1472)).toContain('5 received');
    });
  }

  it('is fragmented on the underlay where it may be', async () => {
    await using nodes = await twoNodes();
    nodes.a.host.exec('ip', 'link', 'set', 'poplin.udp', 'mtu', '1500');
    nodes.b.host.exec('ip', 'link', 'set', 'poplin.udp', 'mtu', '1500');
    const answer = await ping(nodes.a.pod, podIp(2), '-Mdont', `-s${1500 - 28}`);
    expect(answer).toContain('5 received');
    expect(nodes.a.counter('out_too_big')).toBe(0);
  });

  it('leaves those alone that do: a TCP connection goes on after its path got smaller', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    for (const { host } of [a, b]) host.exec('ip', 'link', 'set', 'poplin.udp', 'mtu', '1500');
    a.running.peersChanged?.([{ ...b.peer, mtu: 1300 }], a.view);
    const sink = b.pod.execAsync(
      'timeout',
      '20',
      'sh',
      '-c',
      'socat -u TCP4-LISTEN:9000 - | wc -c',
    );
    await expect.poll(() => b.pod.exec('ss', '-Hltn'), { timeout: 30_000 }).toContain(':9000');
    const source = `head -c 300000 /dev/zero | socat -u - TCP4:${podIp(2)}:9000`;
    await a.pod.execAsync('timeout', '15', 'sh', '-c', source);
    expect((await sink).trim()).toBe('300000');
    expect(a.counter('out_too_big')).toBeGreaterThan(0);
    expect(
      execFileSync('ip', ['netns', 'exec', a.pod.name, 'ip', 'route', 'get', podIp(2)], {
        encoding: 'utf8',
      }),
    ).toContain('mtu 1272');
  });
});

describe('what goes no further', () => {
  it('is answered: no peer has the destination', async () => {
    await using nodes = await twoNodes();
    const { host, pod } = nodes.a;
    host.exec('ip', 'route', 'add', '10.244.77.0/24', 'dev', 'poplin.udp');
    host.exec('ip', 'route', 'add', 'fd10:244:0:77::/64', 'dev', 'poplin.udp');
    expect(await ping(pod, '10.244.77.1')).toContain('Destination Net Unreachable');
    expect(await ping(pod, 'fd10:244:0:77::1')).toContain('Destination unreachable: No route');
    expect(await ping(host, '10.244.77.1')).toContain('Destination Net Unreachable');
    expect(nodes.a.counter('out_no_peer')).toBeGreaterThanOrEqual(15);
  });

  it('is answered by both ends of the tunnel: its hops are used up', async () => {
    await using nodes = await twoNodes({ underlay: families });
    for (const family of families) {
      const words = family === 'ipv4' ? 'Time to live exceeded' : 'Time exceeded: Hop limit';
      const hops = async (n: number): Promise<string> =>
        ping(nodes.a.pod, podIp(2, family), `-t${n}`);
      // The kernel of a, the tunnel at a, the tunnel at b, the kernel of b, the pod.
      expect(await hops(2)).toContain(words);
      expect(nodes.a.counter('out_ttl_exceeded')).toBeGreaterThan(0);
      const answer = await hops(3);
      expect(answer).toContain(words);
      expect(answer).toContain(`From ${nodeIp(2, family)}`);
      expect(nodes.b.counter('in_ttl_exceeded')).toBeGreaterThan(0);
      expect(await hops(5)).toContain('5 received');
    }
  });

  it('is not answered more often than a thousand times a second', async () => {
    await using nodes = await twoNodes();
    const { host } = nodes.a;
    host.exec('ip', 'route', 'add', '10.244.77.0/24', 'dev', 'poplin.udp');
    const flood = 'head -c 4000000 /dev/zero | socat -u -b100 - UDP4-DATAGRAM:10.244.77.1:9';
    await host.execAsync('sh', '-c', flood);
    const told = nodes.a.counter('icmp_errors');
    expect(told).toBeGreaterThan(0);
    expect(nodes.a.counter('icmp_errors_suppressed')).toBeGreaterThan(0);
  });
});
