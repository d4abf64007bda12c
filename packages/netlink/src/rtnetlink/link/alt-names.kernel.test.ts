import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../netlink.js';

const long = 'a-name-that-is-much-longer-than-the-fifteen-bytes-of-ifnamsiz';

describe('other names of a link', () => {
  it('are given and taken away as ip shows them', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'bridge', name: 'br0' });
    await netlink.link.addAltNames({ name: 'br0' }, [long, 'second']);
    expect(host.ip('link', 'show', 'br0')).toMatchObject([{ altnames: [long, 'second'] }]);
    expect(await netlink.link.get({ name: 'second' })).toMatchObject({
      name: 'br0',
      altNames: [long, 'second'],
    });
    await netlink.link.delAltNames({ name: 'br0' }, [long]);
    expect(host.ip('link', 'show', 'br0')).toMatchObject([{ altnames: ['second'] }]);
    await netlink.link.delAltNames({ name: 'br0' }, ['second']);
    expect(await netlink.link.get({ name: 'br0' })).not.toHaveProperty('altNames');
  });

  it('are refused when they are taken, unknown or no names', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    await netlink.link.add({ kind: 'bridge', name: 'br0' });
    const br0 = { name: 'br0' };
    await expect(netlink.link.addAltNames(br0, ['lo'])).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(netlink.link.delAltNames(br0, ['nobody'])).rejects.toMatchObject({
      code: 'ENOENT',
    });
    for (const name of ['', 'a/b', 'x'.repeat(128)]) {
      await expect(netlink.link.addAltNames(br0, [name])).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    }
  });
});
