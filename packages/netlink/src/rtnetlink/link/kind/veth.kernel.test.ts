import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  eventually,
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../../../test-support/throwaway-namespaces.js';
import { openNetns } from '../../../namespace/netns.js';
import { openNetlink } from '../../netlink.js';

const mac = parseMac('0a:58:0a:f4:01:05');
const peerMac = parseMac('0a:58:0a:f4:01:06');

describe('veths', () => {
  it('are born with index, queues, group, queue length and segment sizes at both ends', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const settings = { numTxQueues: 2, numRxQueues: 3, gsoMaxSize: 32768, gsoMaxSegs: 20 };
    await netlink.link.add({
      kind: 'veth',
      name: 'a0',
      ifindex: 77,
      group: 5,
      txQueueLength: 10,
      groMaxSize: 40000,
      ...settings,
      peer: {
        name: 'b0',
        ifindex: 88,
        mac: peerMac,
        mtu: 1300,
        group: 6,
        txQueueLength: 20,
        netns: pod.netns,
        ...settings,
      },
    });
    // A kernel without RPS has one queue to receive by, and does not tell it.
    const told = { num_tx_queues: 2, gso_max_size: 32768, gso_max_segs: 20 };
    const rxQueues = (link: object): unknown => Object(link).num_rx_queues ?? 3;
    const both = [...host.ip('link', 'show', 'a0'), ...pod.ip('link', 'show', 'b0')];
    expect(both.map(rxQueues)).toEqual([3, 3]);
    expect(host.ip('link', 'show', 'a0')).toMatchObject([
      { ...told, ifindex: 77, group: '5', txqlen: 10, gro_max_size: 40000 },
    ]);
    expect(pod.ip('link', 'show', 'b0')).toMatchObject([
      { ...told, ifindex: 88, group: '6', txqlen: 20, mtu: 1300, address: peerMac },
    ]);
    expect(await netlink.link.get({ ifindex: 77 })).toMatchObject({
      numTxQueues: 2,
      gsoMaxSize: 32768,
      gsoMaxSegs: 20,
      groMaxSize: 40000,
      peerIfindex: 88,
      peerNetnsId: expect.any(Number),
    });
    await expect(
      netlink.link.add({ kind: 'bridge', name: 'br0', ifindex: 77 }),
    ).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('bring their peer up and make it a port of a bridge in its namespace', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    pod.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    const masterIfindex = Number(pod.ip('link', 'show', 'br0')[0]?.ifindex);
    await netlink.link.add({
      kind: 'veth',
      name: 'a0',
      mac,
      up: true,
      peer: {
        name: 'b0',
        netns: pod.netns,
        up: true,
        alias: 'far end',
        masterIfindex,
        bridgePort: { hairpin: true, isolated: true },
        addrGenMode: 'none',
        ipv4Config: { rpFilter: 'loose' },
      },
    });
    expect(pod.ip('link', 'show', 'b0')).toMatchObject([
      {
        flags: expect.arrayContaining(['UP']),
        ifalias: 'far end',
        master: 'br0',
        inet6_addr_gen_mode: 'none',
        linkinfo: { info_slave_data: { hairpin: true, isolated: true } },
      },
    ]);
    expect(pod.exec('cat', '/proc/sys/net/ipv4/conf/b0/rp_filter')).toBe('2\n');
  });

  it('give their near end the options of a bridge port at once', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    await netlink.link.add({
      kind: 'veth',
      name: 'a0',
      masterIfindex: (await netlink.link.get({ name: 'br0' })).ifindex,
      bridgePort: { hairpin: true, learning: false },
      peer: { name: 'b0' },
    });
    expect(host.ip('link', 'show', 'a0')).toMatchObject([
      { master: 'br0', linkinfo: { info_slave_data: { hairpin: true, learning: false } } },
    ]);
  });

  it('are not there when the peer cannot have what it was to have', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await expect(
      netlink.link.add({
        kind: 'veth',
        name: 'a0',
        peer: { name: 'b0', netns: pod.netns, masterIfindex: 4711 },
      }),
    ).rejects.toMatchObject({ operation: 'add link a0 (veth)', code: 'EINVAL' });
    expect(host.ip('link', 'show').map((l) => l.ifname)).toEqual(['lo']);
    expect(pod.ip('link', 'show').map((l) => l.ifname)).toEqual(['lo']);
  });

  it('are made between two namespaces that are both not the own one', async () => {
    using host = throwawayNamespace();
    using left = throwawayNamespace();
    using right = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({
      kind: 'veth',
      name: 'a0',
      netns: left.netns,
      up: true,
      peer: { name: 'b0', netns: right.netns, up: true },
    });
    const up = (inside: ThrowawayNamespace, name: string): boolean =>
      inside.ip('link', 'show', name)[0]?.operstate === 'UP';
    await eventually('both ends are up', () => up(left, 'a0') && up(right, 'b0'));
    expect(host.ip('link', 'show').map((l) => l.ifname)).toEqual(['lo']);
  });

  it('are made although the handle on the namespace is disposed of at once', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const netns = openNetns(pod.path);
    const made = netlink.link.add({
      kind: 'veth',
      name: 'a0',
      peer: { name: 'b0', netns, up: true, alias: 'far end' },
    });
    netns[Symbol.dispose]();
    await made;
    expect(pod.ip('link', 'show', 'b0')).toMatchObject([{ ifalias: 'far end' }]);
    await expect(netlink.link.add({ kind: 'bridge', name: 'br0', netns })).rejects.toMatchObject({
      code: 'CLOSED',
    });
  });

  it('are made in the namespace of a process', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const child = spawn('ip', ['netns', 'exec', pod.name, 'sleep', '60'], { stdio: 'ignore' });
    try {
      const pid = Number(child.pid);
      const inPod = (): boolean =>
        readlinkSync(`/proc/${pid}/ns/net`) === `net:[${pod.netns.inode}]`;
      await eventually('the child is in the namespace', inPod);
      await netlink.link.add({
        kind: 'veth',
        name: 'a0',
        peer: { name: 'b0', netns: { pid }, alias: 'by pid' },
      });
      await netlink.link.set({ name: 'a0' }, { netns: { pid } });
      expect(pod.ip('link', 'show').map((l) => [l.ifname, l.ifalias])).toEqual(
        expect.arrayContaining([
          ['a0', undefined],
          ['b0', 'by pid'],
        ]),
      );
    } finally {
      child.kill();
    }
  });
});
