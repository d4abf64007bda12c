import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  eventually,
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../test-support/throwaway-namespaces.js';
import { openTun } from '../tun/tun.js';
import {
  clearSignal,
  EAGAIN,
  nameWords,
  openDatagramSocket,
  openIcmpSocket,
  openSignal,
  PacketBuffers,
  type PacketSocket,
  Readiness,
  ReceiveBatch,
  readPacket,
  SendBatch,
  sendIcmp,
  slotSize,
  socketAddressBytes,
} from './index.js';

const loopback = { ipv4: parseIp('127.0.0.1'), ipv6: parseIp('::1') };
const families = ['ipv4', 'ipv6'] as const;

const open = (host: ThrowawayNamespace, family: 'ipv4' | 'ipv6', port: number): PacketSocket =>
  openDatagramSocket({ netns: host.netns, local: { address: loopback[family], port } });

/** A destination as batches have it. */
function destination(family: 'ipv4' | 'ipv6', port: number): [names: Int32Array, length: number] {
  const bytes = socketAddressBytes({ address: loopback[family], port });
  const padded = new Uint8Array(4 * nameWords);
  padded.set(bytes);
  return [new Int32Array(padded.buffer), bytes.length];
}

/** Everything that waits in a socket, as lengths and first bytes of datagrams. */
function drain(fd: number, buffers: PacketBuffers, batch: ReceiveBatch): [number, number][] {
  const found: [number, number][] = [];
  for (;;) {
    const count = batch.receive(fd);
    if (count === -EAGAIN) return found;
    expect(count).toBeGreaterThan(0);
    for (let i = 0; i < count; i++) {
      const length = batch.lengthOf(i);
      const segment = batch.segmentSizeOf(i) || Math.max(1, length);
      const start = buffers.offsetOf(i);
      for (let at = 0; at < Math.max(1, length); at += segment) {
        found.push([Math.min(segment, length - at), buffers.bytes[start + at] ?? 0]);
      }
    }
  }
}

describe('batches of datagrams', () => {
  for (const family of families) {
    it(`arrive one by one, in order and whole, however they travelled (${family})`, () => {
      using host = throwawayNamespace();
      using from = open(host, family, 1000);
      using to = open(host, family, 2000);
      using other = open(host, family, 3000);
      using out = new PacketBuffers(64);
      using sending = new SendBatch(out);
      using back = new PacketBuffers(64);
      using receiving = new ReceiveBatch(back);
      const [names, length] = destination(family, 2000);
      const [otherNames] = destination(family, 3000);
      // Runs of equal length, a shorter one that ends a run, longer ones that begin one, some that must not be joined.
      const lengths = [
        ...new Array(30).fill(1000),
        400,
        400,
        900,
        1400,
        1400,
        7,
        7,
        7,
        60_000,
        60_000,
      ];
      for (const [slot, size] of lengths.entries()) {
        out.bytes[out.offsetOf(slot)] = slot;
        sending.add(slot, size, names, 0, length, slot !== 31);
      }
      for (let slot = lengths.length; slot < 44; slot++) {
        out.bytes[out.offsetOf(slot)] = slot;
        sending.add(slot, 100, slot % 2 ? names : otherNames, 0, length, true);
      }
      sending.flush(from.fd);
      expect([sending.refused, sending.lastError]).toEqual([0, 0]);
      const odd = [41, 43].map((slot) => [100, slot]);
      expect(drain(to.fd, back, receiving)).toEqual([
        ...lengths.map((size, i) => [size, i]),
        ...odd,
      ]);
      expect(drain(other.fd, back, receiving)).toEqual([40, 42].map((slot) => [100, slot]));
      const sender = new Uint8Array(receiving.names.buffer, receiving.names.byteOffset, length);
      expect(sender.subarray(2)).toEqual(
        socketAddressBytes({ address: loopback[family], port: 1000 }).subarray(2),
      );
    });
  }

  it('are sent one by one after the kernel has refused them together', () => {
    using host = throwawayNamespace();
    host.exec('ip', 'link', 'set', 'lo', 'mtu', '1280');
    using from = open(host, 'ipv4', 1000);
    using to = open(host, 'ipv4', 2000);
    using out = new PacketBuffers(8);
    using sending = new SendBatch(out);
    using back = new PacketBuffers(8);
    using receiving = new ReceiveBatch(back);
    const [names, length] = destination('ipv4', 2000);
    for (let slot = 0; slot < 8; slot++) sending.add(slot, 3000, names, 0, length, true);
    sending.flush(from.fd);
    // Too large to be cut to, so the kernel said no; each for itself is fragmented.
    expect(sending.lastError).toBeGreaterThan(0);
    expect(sending.refused).toBe(0);
    expect(drain(to.fd, back, receiving).map(([size]) => size)).toEqual(new Array(8).fill(3000));
  });

  it('count what the kernel refuses, and go on behind it', () => {
    using host = throwawayNamespace();
    using from = open(host, 'ipv4', 1000);
    using to = open(host, 'ipv4', 2000);
    using out = new PacketBuffers(4);
    using sending = new SendBatch(out);
    using back = new PacketBuffers(4);
    using receiving = new ReceiveBatch(back);
    const [names, length] = destination('ipv4', 2000);
    const nowhere = socketAddressBytes({ address: parseIp('192.0.2.1'), port: 1 });
    const [bad] = destination('ipv4', 1);
    new Uint8Array(bad.buffer).set(nowhere);
    sending.add(0, 10, names, 0, length, true);
    sending.add(1, 20, bad, 0, length, true);
    sending.add(2, slotSize - 1, names, 0, length, false);
    sending.add(3, 30, names, 0, length, true);
    sending.flush(from.fd);
    expect(sending.refused).toBe(2);
    expect(drain(to.fd, back, receiving).map(([size]) => size)).toEqual([10, 30]);
  });
});

describe('a thread that waits', () => {
  it('is told which descriptor has something, and woken by a signal', () => {
    using host = throwawayNamespace();
    using socket = open(host, 'ipv4', 2000);
    using signal = openSignal();
    using readiness = new Readiness(3);
    readiness.watch(0, signal.fd);
    readiness.watch(2, socket.fd);
    const ready = (): boolean[] => [0, 1, 2].map((place) => readiness.isReady(place));
    readiness.wait(0);
    expect(ready()).toEqual([false, false, false]);
    signal.raise();
    signal.raise();
    readiness.wait(1000);
    expect(ready()).toEqual([true, false, false]);
    clearSignal(signal.fd);
    host.exec('sh', '-c', 'echo x | socat -u - UDP4:127.0.0.1:2000');
    readiness.wait(1000);
    expect(ready()).toEqual([false, false, true]);
  });
});

describe('a device that persists', () => {
  it('stays without its handle, is read by descriptor, and goes when it is told to', async () => {
    using host = throwawayNamespace();
    const links = (): string => host.exec('ip', '-o', 'link', 'show');
    const first = await openTun({ netns: host.netns, name: 'kept', persist: true });
    host.exec('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'kept');
    host.exec('sysctl', '-qw', 'net.ipv6.conf.kept.disable_ipv6=1');
    host.exec('ip', 'link', 'set', 'kept', 'up');
    first[Symbol.dispose]();
    expect(() => first.fd).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    await eventually('it has no carrier', () => /kept.*NO-CARRIER/.test(links()));
    using again = await openTun({ netns: host.netns, name: 'kept' });
    using buffers = new PacketBuffers(1);
    await eventually('it has a carrier again', () => !links().includes('NO-CARRIER'));
    host.exec('sh', '-c', 'ping -c1 -W0.1 192.0.2.9 || true');
    expect(readPacket(again.fd, buffers, 0)).toBe(84);
    expect(readPacket(again.fd, buffers, 0)).toBe(-EAGAIN);
    again[Symbol.dispose]();
    expect(links()).toContain('kept');
    (await openTun({ netns: host.netns, name: 'kept', persist: false }))[Symbol.dispose]();
    await eventually('the link goes with its last handle', () => !links().includes('kept'));
  });
});

describe('ICMP sockets', () => {
  it('send what somebody else receives, from an address that the kernel chooses', async () => {
    using host = throwawayNamespace();
    for (const family of families) {
      using icmp = openIcmpSocket(family, { netns: host.netns });
      // An echo request: the kernel answers it, and counts both.
      const type = family === 'ipv4' ? 8 : 128;
      const checksum = family === 'ipv4' ? [0xf7, 0xff] : [0, 0];
      const message = Uint8Array.of(type, 0, ...checksum, 0, 0, 0, 0);
      const to = family === 'ipv4' ? Uint8Array.of(127, 0, 0, 1) : new Uint8Array(16).fill(1, 15);
      expect(sendIcmp(icmp.fd, message, to)).toBe(8);
      const counter = family === 'ipv4' ? 'IcmpInEchos' : 'Icmp6InEchos';
      const counted = (): string => host.exec('nstat', '-asz', counter);
      await eventually(`${counter} is counted`, () =>
        new RegExp(`${counter}\\s+1\\b`).test(counted()),
      );
    }
  });
});
