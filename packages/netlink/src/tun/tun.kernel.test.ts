import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  eventually,
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../test-support/throwaway-namespaces.js';
import { openTun } from './tun.js';

const run = promisify(execFile);
const descriptors = (): number => readdirSync('/proc/self/fd').length;
const linkNames = (host: ThrowawayNamespace): unknown[] =>
  host.ip('link', 'show').map(({ ifname }) => ifname);

/** Runs a command in a namespace while the event loop turns: what it waits for, this process does. */
const execAsync = (host: ThrowawayNamespace, ...command: string[]) =>
  run('ip', ['netns', 'exec', host.name, ...command]);

describe('TUN devices', () => {
  it('are links of their namespace, and go with their handle', async () => {
    using host = throwawayNamespace();
    // The first job starts the thread, which has descriptors of its own.
    (await openTun({ netns: host.netns }))[Symbol.dispose]();
    const before = descriptors();
    for (const mode of ['tun', 'tap'] as const) {
      const device = await openTun({ netns: host.netns, mode, name: `my${mode}` });
      expect(device).toMatchObject({ mode, name: `my${mode}` });
      expect(host.ip('link', 'show', device.name)).toMatchObject([
        { linkinfo: { info_kind: 'tun', info_data: { type: mode, pi: false } } },
      ]);
      device[Symbol.dispose]();
      device[Symbol.dispose]();
      expect(linkNames(host)).toEqual(['lo']);
      expect(() => device.send(new Uint8Array(20))).toThrow(
        expect.objectContaining({ code: 'CLOSED' }),
      );
    }
    using first = await openTun({ netns: host.netns });
    using second = await openTun({ netns: host.netns });
    expect([first.name, second.name]).toEqual(['tun0', 'tun1']);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    expect(descriptors()).toBe(before);
  });

  it('carry packets of both families between two namespaces', async () => {
    using left = throwawayNamespace();
    using right = throwawayNamespace();
    using a = await openTun({ netns: left.netns, name: 'wire' });
    using b = await openTun({ netns: right.netns, name: 'wire' });
    for (const [host, n] of [
      [left, 1],
      [right, 2],
    ] as const) {
      host.exec('ip', 'address', 'add', `192.0.2.${n}/24`, 'dev', 'wire');
      host.exec('ip', 'address', 'add', `2001:db8::${n}/64`, 'dev', 'wire', 'nodad');
      host.exec('ip', 'link', 'set', 'wire', 'up');
    }
    let packets = 0;
    a.receive({
      onPacket(packet) {
        packets += 1;
        b.send(packet);
      },
    });
    b.receive({ onPacket: (packet) => a.send(packet) });
    for (const to of ['192.0.2.2', '2001:db8::2']) {
      const { stdout } = await execAsync(left, 'ping', '-c20', '-i0.01', '-s1300', '-W5', to);
      expect(stdout).toContain('20 received');
    }
    expect(packets).toBeGreaterThanOrEqual(40);
  });

  it('pause when the receiver is disposed, and lose nothing that the queue holds', async () => {
    using host = throwawayNamespace();
    using device = await openTun({ netns: host.netns, name: 'wire' });
    host.exec('sysctl', '-qw', 'net.ipv6.conf.wire.disable_ipv6=1');
    host.exec('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'wire');
    host.exec('ip', 'link', 'set', 'wire', 'up');
    const lengths: number[] = [];
    const onPacket = (packet: Uint8Array): number => lengths.push(packet.length);
    const ping = () =>
      execAsync(host, 'ping', '-c3', '-i0.01', '-W0.1', '-q', '192.0.2.9').catch(() => undefined);
    const receiving = device.receive({ onPacket });
    expect(() => device.receive({ onPacket })).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    receiving[Symbol.dispose]();
    await ping();
    expect(lengths).toEqual([]);
    using _again = device.receive({ onPacket });
    await eventually('the queue is read', () => lengths.length === 3);
    expect(lengths).toEqual([84, 84, 84]);
  });

  it('say what is wrong with a packet, and that the link is down', async () => {
    using host = throwawayNamespace();
    using device = await openTun({ netns: host.netns, name: 'wire' });
    const packet = new Uint8Array(20).fill(0x45, 0, 1);
    expect(() => device.send(packet)).toThrow(expect.objectContaining({ code: 'EIO' }));
    host.exec('ip', 'link', 'set', 'wire', 'up');
    expect(device.send(packet)).toBe(true);
    expect(() => device.send(new Uint8Array(0))).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    );
  });

  it('end when somebody deletes the link', async () => {
    using host = throwawayNamespace();
    using device = await openTun({ netns: host.netns, name: 'wire' });
    let ended = 0;
    device.receive({
      onPacket: () => undefined,
      onEnd: () => {
        ended += 1;
      },
    });
    host.exec('ip', 'link', 'delete', 'wire');
    await eventually('the device has ended', () => ended > 0);
    expect(() => device.send(new Uint8Array(20))).toThrow(
      expect.objectContaining({ code: 'EBADFD' }),
    );
    expect(ended).toBe(1);
  });

  it('take over what ip tuntap has made to persist, and leave it there', async () => {
    using host = throwawayNamespace();
    host.exec('ip', 'tuntap', 'add', 'kept', 'mode', 'tap');
    const device = await openTun({ netns: host.netns, name: 'kept', mode: 'tap' });
    await expect(openTun({ netns: host.netns, name: 'kept', mode: 'tap' })).rejects.toMatchObject({
      code: 'EBUSY',
    });
    device[Symbol.dispose]();
    expect(linkNames(host)).toContain('kept');
    await expect(openTun({ netns: host.netns, name: 'kept', mode: 'tun' })).rejects.toMatchObject({
      code: 'EINVAL',
    });
    await expect(
      openTun({ netns: host.netns, name: 'kept', mode: 'tap', exclusive: true }),
    ).rejects.toMatchObject({ code: 'EBUSY' });
  });

  it('have several queues where asked for', async () => {
    using host = throwawayNamespace();
    const options = { netns: host.netns, name: 'wide', multiQueue: true };
    using first = await openTun(options);
    using second = await openTun(options);
    expect(second.name).toBe(first.name);
    expect(host.ip('link', 'show', 'wide')).toMatchObject([
      { linkinfo: { info_data: { multi_queue: true, numqueues: 2 } } },
    ]);
  });

  it('refuse bad names before the kernel sees them, and keep no descriptor of what was refused', async () => {
    using host = throwawayNamespace();
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    const before = descriptors();
    await expect(openTun({ name: 'a/b' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(openTun({ netns: host.netns, name: 'br0' })).rejects.toMatchObject({
      code: 'EINVAL',
      operation: 'open tun device br0',
    });
    expect(descriptors()).toBe(before);
  });
});
