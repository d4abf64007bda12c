import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';
import type { LinkFlags } from './flags.js';

/** Each flag, and whether `ip` shows its word when it is set. */
const flags = [
  ['up', 'UP'],
  ['noArp', 'NOARP'],
  ['multicast', 'MULTICAST'],
  ['promisc', 'PROMISC'],
  ['allMulticast', 'ALLMULTI'],
] as const satisfies readonly (readonly [keyof LinkFlags, string])[];

describe('flags of a link', () => {
  it.each(flags)('has %s on and off, and leaves the others', async (name, word) => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'bridge', name: 'br0' });
    const before = await netlink.link.get({ name: 'br0' });
    for (const value of [true, false]) {
      await netlink.link.set({ name: 'br0' }, { [name]: value });
      const told = host.ip('link', 'show', 'br0')[0]?.flags;
      expect(String(told).split(',').includes(word)).toBe(value);
      const now = await netlink.link.get({ name: 'br0' });
      expect(now[name]).toBe(value);
      for (const [other] of flags) if (other !== name) expect(now[other]).toBe(before[other]);
    }
  });

  it('are those of a new link', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({
      kind: 'bridge',
      name: 'br0',
      up: true,
      noArp: true,
      multicast: false,
      promisc: true,
    });
    const [told] = host.ip('link', 'show', 'br0');
    expect(told?.flags).toEqual(expect.arrayContaining(['UP', 'NOARP', 'PROMISC']));
    expect(told?.flags).not.toContain('MULTICAST');
    expect(await netlink.link.get({ name: 'br0' })).toMatchObject({ promiscuity: 1 });
  });

  it('come with the numbers of the device', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'br0', 'allmulticast', 'on', 'type', 'bridge');
    host.exec('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    host.exec('ip', 'link', 'set', 'v0', 'master', 'br0', 'up');
    for (const name of ['br0', 'v0']) {
      const [told] = host.ip('link', 'show', name);
      expect(await netlink.link.get({ name })).toMatchObject({
        qdisc: told?.qdisc,
        promiscuity: told?.promiscuity,
        allMulticastCount: told?.allmulti,
        minMtu: told?.min_mtu,
        maxMtu: told?.max_mtu,
        numTxQueues: told?.num_tx_queues,
        gsoMaxSize: told?.gso_max_size,
        gsoMaxSegs: told?.gso_max_segs,
        groMaxSize: told?.gro_max_size,
        txQueueLength: told?.txqlen,
      });
    }
  });
});
