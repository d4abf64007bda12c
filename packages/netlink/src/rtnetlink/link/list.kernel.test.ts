import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';
import type { LinkFilter } from './types.js';

describe('a list of links', () => {
  it('has those that ip shows by the same filter', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    host.exec('ip', 'link', 'add', 'br0', 'group', '7', 'type', 'bridge');
    host.exec('ip', 'link', 'add', 'br1', 'type', 'bridge');
    host.exec('ip', 'link', 'add', 'v0', 'group', '7', 'type', 'veth', 'peer', 'name', 'v1');
    host.exec('ip', 'link', 'set', 'v0', 'master', 'br0');
    const masterIfindex = (await netlink.link.get({ name: 'br0' })).ifindex;
    const cases: readonly (readonly [LinkFilter, readonly string[]])[] = [
      [{}, []],
      [{ kind: 'bridge' }, ['type', 'bridge']],
      [{ kind: 'veth' }, ['type', 'veth']],
      [{ group: 7 }, ['group', '7']],
      [{ masterIfindex }, ['master', 'br0']],
      [{ masterIfindex: 0 }, ['nomaster']],
      [{ kind: 'veth', group: 7 }, ['type', 'veth', 'group', '7']],
    ];
    for (const [filter, words] of cases) {
      const told = host.ip('link', 'show', ...words).filter((link) => link.ifname !== undefined);
      const found = (await netlink.link.list(filter)).map((link) => link.name);
      expect([filter, found.sort()]).toEqual([filter, told.map((link) => link.ifname).sort()]);
    }
    expect(await netlink.link.list({ kind: 'none-such' })).toEqual([]);
  });
});
