import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { hostCidr, type Ip, parseCidr, parseIp } from '@poplin/net';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../test-support/throwaway-namespaces.js';
import { client4, client6, server4, server6, wire } from '../../test-support/wire.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { type ConnectOptions, connectTcp } from './connect.js';
import { type ListenOptions, listenTcp, type TcpListener } from './listen.js';
import { openUdp } from './udp.js';

const PORT = 179;

/** A wire over which packets go at once: before neighbours know one another the first is lost, and repeated after a second. */
function warmWire(client: ThrowawayNamespace, server: ThrowawayNamespace): void {
  wire(client, server);
  for (const to of [server4, server6]) client.exec('ping', '-c1', '-w5', '-i0.1', to);
}

const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** Connects, sends a word back and gives what arrives: the two ends are connected to one another. */
async function echo(listener: TcpListener, options: ConnectOptions): Promise<string> {
  const accepted = once(listener.server, 'connection') as Promise<[Socket]>;
  const socket = await connectTcp(options);
  const [peer] = await accepted;
  peer.write('hello');
  const [data] = (await once(socket, 'data')) as [Buffer];
  peer.destroy();
  socket.destroy();
  return data.toString();
}

/** Counter of the kernel about a namespace's TCP, as `nstat` gives it. */
function counter(host: ThrowawayNamespace, name: string): number {
  const line = host
    .exec('nstat', '-asz', name)
    .split('\n')
    .find((text) => text.startsWith(name));
  return Number(line?.split(/\s+/)[1] ?? Number.NaN);
}

beforeAll(() => {
  // The first section opens the way back, which the thread keeps. Descriptors are counted from there.
  using namespace = throwawayNamespace();
  runInNetns(namespace.netns, () => undefined);
});

describe('TCP sockets', () => {
  for (const [family, from, to] of [
    ['ipv4', client4, server4],
    ['ipv6', client6, server6],
  ] as const) {
    it(`are in the namespace that they were opened in, and are sockets as any other (${family})`, async () => {
      using client = throwawayNamespace();
      using server = throwawayNamespace();
      warmWire(client, server);
      const before = descriptors();
      {
        await using listener = await listenTcp({
          netns: server.netns,
          local: { address: to, port: PORT },
        });
        expect(server.exec('ss', '-Hltn')).toContain(`:${PORT}`);
        expect(client.exec('ss', '-Hltn')).toBe('');
        const accepted = once(listener.server, 'connection') as Promise<[Socket]>;
        const socket = await connectTcp({
          netns: client.netns,
          remote: { address: to, port: PORT },
          local: { address: from, port: 4001 },
        });
        const [peer] = await accepted;
        expect(socket.remoteAddress).toBe(to);
        expect(socket.localPort).toBe(4001);
        expect(peer.remoteAddress).toBe(from);
        expect(client.exec('ss', '-Htn', 'state', 'established')).toContain(':4001');
        peer.end('hello');
        expect(await once(socket, 'data')).toEqual([Buffer.from('hello')]);
        await once(socket.resume(), 'close');
      }
      expect(descriptors()).toBe(before);
    });
  }

  it('say who refused, and keep no descriptor', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    warmWire(client, server);
    const before = descriptors();
    const remote = { address: server4, port: PORT };
    await expect(connectTcp({ netns: client.netns, remote })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      operation: 'connect to 192.0.2.2 port 179',
    });
    const nowhere = { address: parseIp('198.51.100.1'), port: PORT };
    await expect(connectTcp({ netns: client.netns, remote: nowhere })).rejects.toMatchObject({
      code: 'ENETUNREACH',
    });
    const silent = { address: parseIp('192.0.2.77'), port: PORT };
    await expect(
      connectTcp({ netns: client.netns, remote: silent, timeout: 50 }),
    ).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    const local = { address: parseIp('203.0.113.9') };
    await expect(connectTcp({ netns: client.netns, remote, local })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
    const busy = listenTcp({ netns: client.netns, local: { address: silent.address, port: 1 } });
    await expect(busy).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
    expect(descriptors()).toBe(before);
  });

  it('end by the reason of the signal', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    warmWire(client, server);
    const before = descriptors();
    const remote = { address: parseIp('192.0.2.77'), port: PORT };
    const controller = new AbortController();
    const connecting = connectTcp({ netns: client.netns, remote, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
    await expect(
      connectTcp({ netns: client.netns, remote, signal: controller.signal }),
    ).rejects.toThrow('enough');
    expect(descriptors()).toBe(before);
  });

  it('refuse what cannot be meant', async () => {
    const remote = { address: parseIp('127.0.0.1'), port: 1 };
    const refused = { code: 'INVALID_ARGUMENT' };
    const bad: Partial<ConnectOptions>[] = [
      { ttl: 0 },
      { minTtl: 256 },
      { trafficClass: -1 },
      { mark: 2 ** 32 },
      { device: 'a/b' },
      { md5Key: '' },
      { md5Key: 'x'.repeat(81) },
      { remote: { ...remote, port: 70_000 } },
    ];
    for (const options of bad) {
      await expect(connectTcp({ remote, ...options })).rejects.toMatchObject(refused);
    }
    await expect(connectTcp({ remote, device: 'none0' })).rejects.toMatchObject({ code: 'ENODEV' });
  });
});

describe('TCP MD5 signatures (RFC 2385)', () => {
  const listen = (server: ThrowawayNamespace, md5Keys: ListenOptions['md5Keys'], address: Ip) =>
    listenTcp({ netns: server.netns, local: { address, port: PORT }, ...(md5Keys && { md5Keys }) });
  const connect = (client: ThrowawayNamespace, address: Ip, md5Key?: string) =>
    connectTcp({
      netns: client.netns,
      remote: { address, port: PORT },
      timeout: 300,
      ...(md5Key !== undefined && { md5Key }),
    });

  for (const [family, from, to] of [
    ['ipv4', client4, server4],
    ['ipv6', client6, server6],
  ] as const) {
    it(`let the right key through and no other (${family})`, async () => {
      using client = throwawayNamespace();
      using server = throwawayNamespace();
      warmWire(client, server);
      await using listener = await listen(server, [{ peer: from, key: 'secret' }], to);
      const remote = { address: to, port: PORT };
      const right = { netns: client.netns, remote, md5Key: 'secret' };
      expect(await echo(listener, right)).toBe('hello');
      const timeout = { code: 'ETIMEDOUT' };
      await expect(connect(client, to, 'wrong')).rejects.toMatchObject(timeout);
      expect(counter(server, 'TcpExtTCPMD5Failure')).toBeGreaterThan(0);
      await expect(connect(client, to)).rejects.toMatchObject(timeout);
      expect(counter(server, 'TcpExtTCPMD5NotFound')).toBeGreaterThan(0);
    });
  }

  it('take keys for a prefix, and change and lose keys while listening', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    warmWire(client, server);
    const peer = parseCidr('192.0.2.0/24');
    await using listener = await listen(server, [{ peer, key: 'first' }], server4);
    (await connect(client, server4, 'first')).destroy();
    listener.setMd5Key({ peer, key: 'second' });
    await expect(connect(client, server4, 'first')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    (await connect(client, server4, 'second')).destroy();
    listener.setMd5Key({ peer: client4, key: 'closer' });
    (await connect(client, server4, 'closer')).destroy();
    listener.removeMd5Key({ peer: client4 });
    listener.removeMd5Key({ peer });
    (await connect(client, server4)).destroy();
    expect(() => listener.removeMd5Key({ peer: hostCidr(client4) })).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
    await listener[Symbol.asyncDispose]();
    expect(() => listener.setMd5Key({ peer, key: 'late' })).toThrow(
      expect.objectContaining({ code: 'CLOSED' }),
    );
  });
});

describe('options of a socket', () => {
  for (const [family, to] of [
    ['ipv4', server4],
    ['ipv6', server6],
  ] as const) {
    it(`minTtl drops what has come too far (GTSM, RFC 5082, ${family})`, async () => {
      using client = throwawayNamespace();
      using server = throwawayNamespace();
      warmWire(client, server);
      const remote = { address: to, port: PORT };
      await using listener = await listenTcp({
        netns: server.netns,
        local: remote,
        minTtl: 255,
        ttl: 255,
      });
      const near = { netns: client.netns, remote, ttl: 255, minTtl: 255 };
      expect(await echo(listener, near)).toBe('hello');
      const far = connectTcp({ netns: client.netns, remote, ttl: 64, timeout: 300 });
      await expect(far).rejects.toMatchObject({ code: 'ETIMEDOUT' });
      expect(counter(server, 'TcpExtTCPMinTTLDrop')).toBeGreaterThan(0);
    });
  }

  it('device, mark and traffic class are those of the kernel’s socket', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    warmWire(client, server);
    const remote = { address: server4, port: PORT };
    await using listener = await listenTcp({ netns: server.netns, local: remote, device: 'b0' });
    expect(server.exec('ss', '-Hltn')).toContain(`${server4}%b0:${PORT}`);
    const options = { device: 'a0', mark: 0x1234, trafficClass: 0xc0 };
    const socket = await connectTcp({ netns: client.netns, remote, ...options });
    const told = client.exec('ss', '-Htne', '--tos', 'state', 'established');
    expect(told).toContain('%a0:');
    expect(told).toContain('fwmark:0x1234');
    expect(told).toContain('tos:0xc0');
    socket.destroy();
    expect(listener.server.listening).toBe(true);
  });

  it('freeBind binds to an address that is not there', async () => {
    using host = throwawayNamespace();
    const local = { address: parseIp('203.0.113.7'), port: 1179 };
    await using listener = await listenTcp({ netns: host.netns, local, freeBind: true });
    expect(host.exec('ss', '-Hltn')).toContain('203.0.113.7:1179');
    expect(listener.server.address()).toMatchObject({ port: 1179 });
  });

  it('a link-local peer is reached through its link', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    warmWire(client, server);
    server.exec('ip', 'address', 'add', 'fe80::2/64', 'dev', 'b0', 'nodad');
    client.exec('ip', 'address', 'add', 'fe80::1/64', 'dev', 'a0', 'nodad');
    const ifindexOf = (host: ThrowawayNamespace, link: string): number =>
      Number(host.ip('link', 'show', link)[0]?.ifindex);
    const address = parseIp('fe80::2');
    await using listener = await listenTcp({
      netns: server.netns,
      local: { address, port: PORT, ifindex: ifindexOf(server, 'b0') },
    });
    const remote = { address, port: PORT, ifindex: ifindexOf(client, 'a0') };
    expect(await echo(listener, { netns: client.netns, remote })).toBe('hello');
  });
});

describe('UDP sockets', () => {
  it('are in their namespace, and send and receive', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    warmWire(client, server);
    const before = descriptors();
    const receiver = await openUdp({
      netns: server.netns,
      local: { address: server4, port: 5000 },
    });
    const sender = await openUdp({ netns: client.netns, device: 'a0', ttl: 9 });
    const message = once(receiver, 'message');
    sender.send('hello', 5000, server4);
    const [data, { address }] = (await message) as [Buffer, { address: string }];
    expect([data.toString(), address]).toEqual(['hello', client4]);
    expect(server.exec('ss', '-Hlun')).toContain(`${server4}:5000`);
    for (const socket of [receiver, sender]) {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    }
    expect(descriptors()).toBe(before);
  });
});

describe('UDP sockets that probe a path', () => {
  /** Takes what the server gets of UDP and matches, and counts it. */
  function count(server: ThrowawayNamespace, match: string): () => number {
    server.exec('nft', 'add table inet seen');
    server.exec('nft', 'add chain inet seen in { type filter hook input priority 0; }');
    server.exec('nft', `add rule inet seen in ${match} counter`);
    return () => Number(/packets (\d+)/.exec(server.exec('nft', 'list table inet seen'))?.[1]);
  }

  for (const [family, from, to] of [
    ['ipv4', client4, server4],
    ['ipv6', client6, server6],
  ] as const) {
    it(`send without a checksum, and take what has none (${family})`, async () => {
      using client = throwawayNamespace();
      using server = throwawayNamespace();
      warmWire(client, server);
      const counted = count(server, 'udp checksum 0');
      const local = { address: to, port: 5000 };
      const receiver = await openUdp({ netns: server.netns, local, takeNoChecksum: true });
      const sender = await openUdp({
        netns: client.netns,
        local: { address: from },
        noChecksum: true,
      });
      const message = once(receiver, 'message');
      sender.send('hello', 5000, to);
      expect(String((await message)[0])).toBe('hello');
      expect(counted()).toBe(1);
      for (const socket of [receiver, sender]) socket.close();
    });

    it(`send whole or not at all, by the MTU of the link (${family})`, async () => {
      using client = throwawayNamespace();
      using server = throwawayNamespace();
      warmWire(client, server);
      const local = { address: from };
      const sender = await openUdp({ netns: client.netns, local, device: 'a0', probeMtu: true });
      const send = (bytes: number) =>
        new Promise<string | undefined>((resolve) => {
          sender.send(Buffer.alloc(bytes), 5000, to, (error) =>
            resolve((error as NodeJS.ErrnoException | null)?.code),
          );
        });
      const fits = 1500 - (family === 'ipv4' ? 28 : 48);
      const whole = family === 'ipv4' ? 'ip frag-off & 0x7fff == 0x4000' : 'ip6 length 1460';
      const counted = count(server, `udp dport 5000 ${whole}`);
      expect(await send(fits)).toBeUndefined();
      expect(await send(fits + 1)).toBe('EMSGSIZE');
      expect(counted()).toBe(1);
      sender.close();
    });
  }
});
