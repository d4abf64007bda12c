import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { sendUdp, told, toldInXml, tracked } from '../../test-support/tracked.js';
import { server4, server6 } from '../../test-support/wire.js';
import { connectTcp } from '../sockets/connect.js';
import { listenTcp } from '../sockets/listen.js';
import { openConntrack } from './conntrack.js';
import { conntrackProtocols as protocols } from './types.js';

describe('tracked connections', () => {
  it('tells every field as conntrack -L -o xml does, for TCP, UDP and pings, zones and NAT', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    tracked(client, server);
    client.exec(
      'nft',
      `table inet zones { chain c { type filter hook output priority raw;
        udp dport 5005 ct original zone set 5; udp dport 5007 ct zone set 7; }; }`,
    );
    using conntrack = openConntrack({ netns: client.netns });
    await using _listener = await listenTcp({
      netns: server.netns,
      local: { address: server4, port: 179 },
    });
    const socket = await connectTcp({
      netns: client.netns,
      remote: { address: server4, port: 179 },
    });
    using _socket = { [Symbol.dispose]: () => socket.destroy() };
    for (const [local, port] of [
      [5001, 7777],
      [5002, 80],
      [5003, 5005],
      [5004, 5007],
    ] as const) {
      await sendUdp(client, local, port);
    }
    await sendUdp(client, 5006, 9, server6);
    for (const to of [server4, server6]) client.exec('ping', '-c1', '-w5', '-e', '4711', to);
    for (const family of ['ipv4', 'ipv6'] as const) {
      const entries = await conntrack.list({ family });
      const told = toldInXml(client, family);
      expect(told.length).toBeGreaterThan(1);
      for (const expected of told as { id: number; assured: boolean }[]) {
        const { assured, ...fields } = expected;
        const entry = entries.find(({ id }) => id === expected.id);
        expect(entry).toMatchObject(fields);
        expect(entry?.status.includes('assured')).toBe(assured);
      }
      expect(entries).toHaveLength(told.length);
    }
  });

  it('forgets one that has a zone in one direction, by its tuple', async () => {
    using host = throwawayNamespace();
    host.exec(
      'nft',
      'table inet t { chain c { type filter hook output priority raw; udp dport 5 ct original zone set 5; }; chain d { type filter hook output priority 0; ct state new accept; }; }',
    );
    await sendUdp(host, 4005, 5, '127.0.0.1');
    await sendUdp(host, 4006, 6, '127.0.0.1');
    using conntrack = openConntrack({ netns: host.netns });
    const [entry] = await conntrack.list({ destinationPort: 5 });
    if (!entry) throw new Error('it is tracked');
    const { zone, ...elsewhere } = entry.original;
    expect(zone).toBe(5);
    await expect(conntrack.del({ tuple: elsewhere })).rejects.toMatchObject({ code: 'ENOENT' });
    await conntrack.del({ tuple: entry.original });
    expect(told(host, '-p', 'udp')).toHaveLength(1);
  });

  it('forgets very many at once, also while others come and go', async () => {
    using host = throwawayNamespace();
    host.exec(
      'nft',
      'table inet t { chain d { type filter hook output priority 0; ct state new accept; }; }',
    );
    const script =
      'i=0; while [ $i -lt 600 ]; do conntrack -I -p udp -s 10.1.$((i/250)).$((i%250)) -d 10.2.0.1 --sport 1 --dport 53 -t 60 >/dev/null 2>&1; i=$((i+1)); done';
    host.exec('sh', '-c', script);
    expect(told(host, '-p', 'udp')).toHaveLength(600);
    using conntrack = openConntrack({ netns: host.netns });
    const [first, second] = await Promise.all([
      conntrack.delMatching({ destinationPort: 53 }),
      conntrack.delMatching({ protocol: protocols.udp }),
    ]);
    expect(first + second).toBe(600);
    expect(told(host, '-p', 'udp')).toEqual([]);
  });
});
