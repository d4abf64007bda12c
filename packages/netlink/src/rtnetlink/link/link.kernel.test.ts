import { parseMac } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { eventually, throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

const mac = parseMac('0a:58:0a:f4:01:05');
const peerMac = parseMac('0a:58:0a:f4:01:06');

describe('links', () => {
  it('makes a veth whose peer is born in its own namespace, with MAC, MTU and alias', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({
      kind: 'veth',
      name: 'pop0123456789a',
      mtu: 1450,
      mac,
      up: true,
      alias: 'poplin:pod/1',
      group: 7,
      txQueueLength: 500,
      peer: { name: 'eth0', mtu: 1400, mac: peerMac, netns: pod.netns },
    });
    expect(host.ip('link', 'show', 'pop0123456789a')).toMatchObject([
      {
        mtu: 1450,
        address: mac,
        ifalias: 'poplin:pod/1',
        group: '7',
        txqlen: 500,
        flags: expect.arrayContaining(['UP']),
        linkinfo: { info_kind: 'veth' },
      },
    ]);
    expect(pod.ip('link', 'show', 'eth0')).toMatchObject([
      { mtu: 1400, address: peerMac, linkinfo: { info_kind: 'veth' } },
    ]);
  });

  it('reads back what ip made', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'br0', 'type', 'bridge');
    host.exec('ip', 'link', 'add', 'a0', 'mtu', '1300', 'type', 'veth', 'peer', 'name', 'b0');
    host.exec('ip', 'link', 'set', 'a0', 'master', 'br0', 'up', 'alias', 'mine', 'group', '9');
    const toldOf = (): Record<string, unknown> | undefined => host.ip('link', 'show', 'a0')[0];
    // The kernel works it out in a moment.
    await eventually('the link waits for its peer', () => toldOf()?.operstate === 'LOWERLAYERDOWN');
    const told = toldOf();
    const link = await netlink.link.get({ name: 'a0' });
    const bridge = await netlink.link.get({ name: 'br0' });
    const peer = await netlink.link.get({ name: 'b0' });
    expect(link).toMatchObject({
      ifindex: told?.ifindex,
      name: 'a0',
      kind: 'veth',
      mtu: 1300,
      mac: told?.address,
      up: true,
      running: false,
      operState: 'lowerlayerdown',
      alias: 'mine',
      group: 9,
      masterIfindex: bridge.ifindex,
      peerIfindex: peer.ifindex,
      bridgePort: { hairpin: false, isolated: false, learning: true },
    });
    expect(link).not.toHaveProperty('peerNetnsId');
    expect((await netlink.link.list()).map((l) => l.name).sort()).toEqual(
      host
        .ip('link', 'show')
        .map((l) => l.ifname)
        .sort(),
    );
    expect(await netlink.link.get({ ifindex: link.ifindex })).toEqual(link);
  });

  it('makes a bridge with options, and a port of it with port options', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({
      kind: 'bridge',
      name: 'poplin0',
      mac,
      up: true,
      ageingTime: 60,
      stp: true,
      multicastSnooping: false,
    });
    const bridge = await netlink.link.get({ name: 'poplin0' });
    await netlink.link.add({ kind: 'veth', name: 'p0', peer: { name: 'p1' } });
    await netlink.link.set(
      { name: 'p0' },
      {
        masterIfindex: bridge.ifindex,
        up: true,
        bridgePort: { hairpin: true, isolated: true, learning: false },
      },
    );
    expect(host.ip('link', 'show', 'poplin0')).toMatchObject([
      {
        address: mac,
        linkinfo: {
          info_kind: 'bridge',
          info_data: { ageing_time: 6000, stp_state: 1, mcast_snooping: 0 },
        },
      },
    ]);
    expect(host.ip('link', 'show', 'p0')).toMatchObject([
      {
        master: 'poplin0',
        linkinfo: { info_slave_data: { hairpin: true, isolated: true, learning: false } },
      },
    ]);
    expect((await netlink.link.get({ name: 'p0' })).bridgePort).toMatchObject({
      hairpin: true,
      isolated: true,
      learning: false,
    });
    await netlink.link.set({ name: 'p0' }, { masterIfindex: 0 });
    expect(host.ip('link', 'show', 'p0')[0]).not.toHaveProperty('master');
  });

  it('changes name, MTU, MAC, alias and state, and moves a link to another namespace', async () => {
    using host = throwawayNamespace();
    using other = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    await netlink.link.set({ name: 'v0' }, { name: 'w0', mtu: 1200, mac, alias: 'x', up: true });
    expect(host.ip('link', 'show', 'w0')).toMatchObject([
      { mtu: 1200, address: mac, ifalias: 'x', flags: expect.arrayContaining(['UP']) },
    ]);
    await netlink.link.set({ name: 'w0' }, { alias: '', up: false });
    expect(host.ip('link', 'show', 'w0')[0]).not.toHaveProperty('ifalias');
    expect(host.ip('link', 'show', 'w0')[0]?.flags).not.toContain('UP');
    await netlink.link.set({ name: 'w0' }, { netns: other.netns });
    expect(other.ip('link', 'show', 'w0')).toHaveLength(1);
    const peer = await netlink.link.get({ name: 'v1' });
    expect(peer.peerNetnsId).toBeTypeOf('number');
  });

  it('makes a link with its alias in another namespace', async () => {
    using host = throwawayNamespace();
    using other = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({
      kind: 'bridge',
      name: 'br9',
      netns: other.netns,
      alias: 'far',
      up: true,
    });
    expect(other.ip('link', 'show', 'br9')).toMatchObject([
      { ifalias: 'far', flags: expect.arrayContaining(['UP']) },
    ]);
    await expect(netlink.link.get({ name: 'br9' })).rejects.toMatchObject({ code: 'ENODEV' });
  });

  it('deletes a veth with both ends', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    await netlink.link.del({ name: 'v0' });
    expect(host.ip('link', 'show').map((l) => l.ifname)).not.toContain('v1');
    await expect(netlink.link.del({ name: 'v0' })).rejects.toMatchObject({
      code: 'ENODEV',
      errno: 19,
      operation: 'delete link v0',
    });
  });

  it("leaves a stranger's link of the same name untouched", async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'taken', 'type', 'bridge');
    await expect(
      netlink.link.add({ kind: 'bridge', name: 'taken', alias: 'poplin:mine', up: true }),
    ).rejects.toMatchObject({ code: 'EEXIST', message: expect.stringContaining('File exists') });
    const [link] = host.ip('link', 'show', 'taken');
    expect(link).not.toHaveProperty('ifalias');
    expect(link?.flags).not.toContain('UP');
  });

  it('makes nothing when the alias is too long', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await expect(
      netlink.link.add({ kind: 'bridge', name: 'br0', alias: 'x'.repeat(256) }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(host.ip('link', 'show').map((l) => l.ifname)).toEqual(['lo']);
  });

  it("carries the kernel's own words in the error", async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const failure = netlink.link.add({ kind: 'bridge', name: 'br0', mtu: 1, up: true });
    await expect(failure).rejects.toMatchObject({
      code: 'EINVAL',
      kernelText: expect.stringContaining('mtu'),
      message: expect.stringMatching(/^add link br0 \(bridge\): Invalid argument \(EINVAL\): /),
    });
  });
});
