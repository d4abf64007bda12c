import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../../netlink.js';

describe('ifbs', () => {
  it('are made up, with queues, and deleted', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'ifb', name: 'ifb0', up: true, numTxQueues: 4 });
    expect(host.ip('link', 'show', 'ifb0')).toMatchObject([
      {
        flags: expect.arrayContaining(['UP', 'NOARP']),
        num_tx_queues: 4,
        linkinfo: { info_kind: 'ifb' },
      },
    ]);
    const link = await netlink.link.get({ name: 'ifb0' });
    expect(link).toMatchObject({ kind: 'ifb', up: true, noArp: true, numTxQueues: 4 });
    expect(link).not.toHaveProperty('data');
    await netlink.link.del({ name: 'ifb0' });
    expect(host.ip('link', 'show').map((l) => l.ifname)).toEqual(['lo']);
  });
});
