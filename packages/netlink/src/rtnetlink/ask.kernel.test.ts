import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { Attributes, encodeRequest, NLM_F } from '../raw/index.js';
import { openNetlink } from './netlink.js';

/** RTM_GETNEIGHTBL and the name and entry count in its answer (linux/neighbour.h): an object that has no verb. */
const tables = encodeRequest(
  { type: 66, flags: NLM_F.DUMP, operation: 'list neighbour tables' },
  new Uint8Array(4),
);

describe('a question of one’s own', () => {
  it('is answered with what its decoder makes of each message', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const names = await netlink.ask(tables, (body) => new Attributes('table', body, 4).text(1));
    expect(new Set(names)).toEqual(new Set(['arp_cache', 'ndisc_cache']));
  });

  it('fails with the kernel’s code', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const unknown = encodeRequest({ ...tables, type: 4094 }, new Uint8Array(4));
    await expect(netlink.ask(unknown, () => 1)).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
  });
});
