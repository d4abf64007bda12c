import type { Socket } from 'node:dgram';
import { parseIp } from '@poplin/net';
import { openUdp } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { packet } from '../test-support/packets.js';
import { nodeIp, podIp, type TestNode, twoNodes } from '../test-support/two-nodes.js';

/** Packets that the kernel has received from the device. */
function received({ host }: TestNode): number {
  const [link] = JSON.parse(host.exec('ip', '-j', '-s', 'link', 'show', 'poplin.udp')) as [
    { stats64: { rx: { packets: number } } },
  ];
  return link.stats64.rx.packets;
}

/** Sends to a node and waits until it has counted all of it under a name. */
async function expectCounted(to: TestNode, from: Socket, packets: Uint8Array[], counter: string) {
  const before = to.counter(counter);
  for (const bytes of packets) from.send(bytes, 8285, nodeIp(1));
  await expect.poll(() => to.counter(counter) - before, { timeout: 30_000 }).toBe(packets.length);
}

describe('the door', () => {
  it('lets in what a peer may send and nothing else, and counts the reasons', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    // From here on somebody else has the peer's port.
    await b.stop();
    b.host.exec('ip', 'address', 'add', '192.168.7.9/24', 'dev', 'eth0');
    const open = (address: string, port: number): Promise<Socket> =>
      openUdp({ netns: b.host.netns, local: { address: parseIp(address), port } });
    const sockets = [
      await open(nodeIp(2), 8285),
      await open(nodeIp(2), 9),
      await open('192.168.7.9', 8285),
    ];
    const [peer, wrongPort, stranger] = sockets as [Socket, Socket, Socket];
    try {
      const good = packet({ source: podIp(2), destination: podIp(1) });
      const rx = received(a);
      await expectCounted(
        a,
        peer,
        [good, packet({ source: nodeIp(2), destination: nodeIp(1) })],
        'received_packets',
      );
      expect(received(a) - rx).toBe(2);
      await expectCounted(a, stranger, [good, good], 'in_stranger');
      await expectCounted(a, wrongPort, [good, good], 'in_wrong_port');
      const sources = [
        '10.244.1.9',
        '10.244.3.5',
        '8.8.8.8',
        nodeIp(1),
        '127.0.0.1',
        'fd10:244::9',
      ];
      const spoofed = sources.map((source) =>
        packet({ source, destination: source.includes(':') ? 'fd10:244::1' : podIp(1) }),
      );
      await expectCounted(a, peer, spoofed, 'in_spoofed_source');
      const foreign = ['8.8.8.8', '10.244.2.9', '224.0.0.1', '127.0.0.1'].map((destination) =>
        packet({ source: podIp(2), destination }),
      );
      await expectCounted(a, peer, foreign, 'in_foreign_destination');
      const malformed = [
        new Uint8Array(0),
        Uint8Array.of(0x45),
        good.subarray(0, -1),
        good.with(10, 1),
      ];
      await expectCounted(a, peer, malformed, 'in_malformed');
      expect(received(a) - rx).toBe(2);
      await expectCounted(a, peer, [good], 'received_packets');
      expect(received(a) - rx).toBe(3);
    } finally {
      for (const socket of sockets) socket.close();
    }
  });

  it('survives random bytes from a peer, and forwards after them', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    await b.stop();
    const local = { address: parseIp(nodeIp(2)), port: 8285 };
    const peer = await openUdp({ netns: b.host.netns, local });
    try {
      const seed = Date.now() % 1_000_000;
      let state = seed;
      const random = (below: number): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
        return (state >>> 8) % below;
      };
      const rx = received(a);
      for (let round = 0; round < 50; round++) {
        const noise = Array.from({ length: 20 }, () =>
          Uint8Array.from({ length: random(1400) }, () => random(256)),
        );
        await expectCounted(a, peer, noise, 'in_malformed').catch((cause) => {
          throw new Error(`seed ${seed}`, { cause });
        });
      }
      expect(received(a)).toBe(rx);
      await expectCounted(
        a,
        peer,
        [packet({ source: podIp(2), destination: podIp(1) })],
        'received_packets',
      );
    } finally {
      peer.close();
    }
  });
});
