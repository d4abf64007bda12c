import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { sendUdp, told, tracked } from '../../test-support/tracked.js';
import { client4, client6, server4, server6 } from '../../test-support/wire.js';
import { connectTcp } from '../sockets/connect.js';
import { listenTcp } from '../sockets/listen.js';
import { openConntrack } from './conntrack.js';
import { conntrackProtocols as protocols } from './types.js';

describe('conntrack', () => {
  it('tells connections as conntrack -L does: ports, state, mark, NAT, counters', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    tracked(client, server);
    using conntrack = openConntrack({ netns: client.netns });
    expect(await conntrack.list()).toEqual([]);
    await using listener = await listenTcp({
      netns: server.netns,
      local: { address: server4, port: 179 },
    });
    const socket = await connectTcp({
      netns: client.netns,
      remote: { address: server4, port: 179 },
      local: { port: 4001 },
    });
    await sendUdp(client, 5001, 7777);
    await sendUdp(client, 5002, 80);
    await sendUdp(client, 5003, 9, server6);
    const entries = await conntrack.list({ source: parseCidr('192.0.2.0/24') });
    const tcp = entries.find(({ protocol }) => protocol === protocols.tcp);
    expect(tcp).toMatchObject({
      family: 'ipv4',
      original: { source: client4, destination: server4, sourcePort: 4001, destinationPort: 179 },
      reply: { source: server4, destination: client4, sourcePort: 179, destinationPort: 4001 },
      status: expect.arrayContaining(['seenReply', 'assured', 'confirmed']),
      tcpState: 'ESTABLISHED',
      zone: 0,
      mark: 0,
    });
    const [line = ''] = told(client, '-p', 'tcp', '-o', 'id');
    expect(line).toContain(`[ASSURED]`);
    expect(line).toContain(`id=${tcp?.id}`);
    expect(line).toContain(
      `packets=${tcp?.counters?.original.packets} bytes=${tcp?.counters?.original.bytes}`,
    );
    expect(Number(/^tcp\s+6 (\d+)/.exec(line)?.[1])).toBeLessThanOrEqual(tcp?.timeout ?? 0);
    const nat = entries.find(({ status }) => status.includes('dstNat'));
    expect(nat).toMatchObject({
      original: { destinationPort: 80 },
      reply: { source: server4, sourcePort: 8080 },
    });
    expect(await conntrack.list({ mark: { value: 0x2a } })).toMatchObject([
      { protocol: protocols.udp, mark: 0x2a, original: { sourcePort: 5001 } },
    ]);
    expect(told(client, '--mark', '42')).toHaveLength(1);
    expect(await conntrack.list({ family: 'ipv6', protocol: protocols.udp })).toMatchObject([
      { family: 'ipv6', original: { source: client6, destination: server6, sourcePort: 5003 } },
    ]);
    socket.destroy();
    expect(listener.server.listening).toBe(true);
  });

  it('tells the id, type and code of pings of both families', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    tracked(client, server);
    using conntrack = openConntrack({ netns: client.netns });
    for (const to of [server4, server6])
      client.exec('ping', '-c1', '-w5', '-i0.2', '-e', '4711', to);
    const pings = await conntrack.list();
    expect(pings.filter(({ protocol }) => protocol === protocols.icmp)).toMatchObject([
      { original: { icmp: { id: 4711, type: 8, code: 0 } }, reply: { icmp: { type: 0 } } },
    ]);
    expect(
      pings.filter(({ original }) => original.icmp?.type === 128 && original.source === client6),
    ).toMatchObject([{ protocol: protocols.icmpv6, reply: { icmp: { id: 4711, type: 129 } } }]);
  });

  it('forgets one by its tuple, in either direction, and says ENOENT when there is none', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    tracked(client, server);
    using conntrack = openConntrack({ netns: client.netns });
    for (const port of [6001, 6002, 6003]) await sendUdp(client, port, 9);
    const [first, second, third] = await conntrack.list({ destinationPort: 9 });
    if (!first || !second || !third) throw new Error('three connections were made');
    await conntrack.del({ tuple: first.original });
    await conntrack.del({ tuple: second.reply, direction: 'reply' });
    expect(told(client, '-p', 'udp', '--dport', '9')).toHaveLength(1);
    await expect(conntrack.del({ tuple: first.original })).rejects.toMatchObject({
      code: 'ENOENT',
      operation: expect.stringMatching(
        /^delete connection udp 192\.0\.2\.1 600\d → 192\.0\.2\.2 9$/,
      ),
    });
    const other = { tuple: third.original, id: (third.id + 1) % 2 ** 32 };
    await expect(conntrack.del(other)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(conntrack.del({ tuple: third.original, zone: 7 })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await conntrack.del({ tuple: third.original, id: third.id });
    expect(told(client, '-p', 'udp', '--dport', '9')).toEqual([]);
  });

  it('forgets those that pass a filter, and tells how many', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    tracked(client, server);
    using conntrack = openConntrack({ netns: client.netns });
    for (const port of [6001, 6002, 6003]) await sendUdp(client, port, 9);
    await sendUdp(client, 6004, 7777);
    await sendUdp(client, 6005, 80);
    expect(await conntrack.delMatching({ destinationPort: 9, sourcePort: 6002 })).toBe(1);
    expect(await conntrack.delMatching({ destinationPort: 9 })).toBe(2);
    expect(await conntrack.delMatching({ destination: parseCidr('198.51.100.0/24') })).toBe(0);
    expect(await conntrack.delMatching({ mark: { value: 0xa, mask: 0xf } })).toBe(1);
    expect(await conntrack.delMatching({ replySource: parseCidr('192.0.2.2/32') })).toBe(1);
    expect(told(client, '-p', 'udp', '-f', 'ipv4')).toEqual([]);
  });

  it('flushes all, or one family', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    tracked(client, server);
    using conntrack = openConntrack({ netns: client.netns });
    await sendUdp(client, 6001, 9);
    await sendUdp(client, 6002, 9, server6);
    await conntrack.flush('ipv4');
    expect(told(client, '-p', 'udp', '-f', 'ipv4')).toEqual([]);
    expect(told(client, '-p', 'udp', '-f', 'ipv6')).toHaveLength(1);
    await conntrack.flush();
    expect(await conntrack.list()).toEqual([]);
  });

  it('refuses a tuple of two families before the kernel sees it', async () => {
    using host = throwawayNamespace();
    using conntrack = openConntrack({ netns: host.netns });
    const tuple = { source: client4, destination: server6, protocol: protocols.udp };
    await expect(conntrack.del({ tuple })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const port = { ...tuple, destination: server4, sourcePort: 70_000 };
    await expect(conntrack.del({ tuple: port })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
