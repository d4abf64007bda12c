import { describe, expect, it } from 'vitest';
import {
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../test-support/throwaway-namespaces.js';
import { openNetlink } from '../rtnetlink/netlink.js';
import { openEthtool } from './ethtool.js';

/** What `ethtool -k` tells of the features of a link: `on`, `off`, `off [fixed]`, by their names. */
function shown(host: ThrowawayNamespace, link: string): Map<string, string> {
  const lines = host.exec('ethtool', '-k', link).split('\n').slice(1);
  const pairs = lines.map((line) => line.trim().split(': '));
  return new Map(pairs.flatMap(([name, value]) => (name && value ? [[name, value.trim()]] : [])));
}

/** Names that `ethtool` has for several features together, or instead of the kernel's. */
const legacy = new Set([
  'rx-checksumming',
  'tx-checksumming',
  'scatter-gather',
  'tcp-segmentation-offload',
  'generic-segmentation-offload',
  'generic-receive-offload',
  'large-receive-offload',
  'rx-vlan-offload',
  'tx-vlan-offload',
  'ntuple-filters',
  'receive-hashing',
]);

async function withVxlan(
  work: (
    host: ThrowawayNamespace,
    ethtool: ReturnType<typeof openEthtool>,
    ifindex: number,
  ) => Promise<void>,
): Promise<void> {
  using host = throwawayNamespace();
  host.exec('ip', 'link', 'add', 'vx0', 'type', 'vxlan', 'id', '7', 'dstport', '8472');
  using netlink = openNetlink({ netns: host.netns });
  using ethtool = openEthtool({ netns: host.netns });
  await work(host, ethtool, (await netlink.link.get({ name: 'vx0' })).ifindex);
}

describe('features of a link', () => {
  it('are read as ethtool tells them', () =>
    withVxlan(async (host, ethtool, ifindex) => {
      const features = await ethtool.features(ifindex);
      let compared = 0;
      for (const [name, value] of shown(host, 'vx0')) {
        if (legacy.has(name)) continue;
        compared += 1;
        const { active, changeable } = features.get(name) ?? { active: false, changeable: false };
        const text = `${active ? 'on' : 'off'}${changeable ? '' : ' [fixed]'}`;
        expect([name, text]).toEqual([name, value.replace(' [requested on]', '')]);
      }
      expect(compared).toBeGreaterThan(20);
    }));

  it('are switched off and on, with what depends on them', () =>
    withVxlan(async (host, ethtool, ifindex) => {
      const name = 'tx-checksum-ip-generic';
      expect(shown(host, 'vx0').get(name)).toBe('on');
      await ethtool.setFeatures(ifindex, { [name]: false });
      expect(shown(host, 'vx0').get(name)).toBe('off');
      expect(shown(host, 'vx0').get('tx-tcp-segmentation')).toMatch(/^off/);
      expect((await ethtool.features(ifindex)).get(name)).toEqual({
        active: false,
        changeable: true,
      });
      await ethtool.setFeatures(ifindex, { [name]: true });
      expect(shown(host, 'vx0').get(name)).toBe('on');
      expect(shown(host, 'vx0').get('tx-tcp-segmentation')).toBe('on');
    }));

  it('of a link that is not there, or by a name that there is not, are errors of the kernel', () =>
    withVxlan(async (_host, ethtool, ifindex) => {
      await expect(ethtool.features(4711)).rejects.toMatchObject({ code: 'ENODEV' });
      await expect(ethtool.setFeatures(ifindex, { 'no-such-feature': true })).rejects.toMatchObject(
        {
          code: 'EOPNOTSUPP',
        },
      );
      await expect(ethtool.features(0)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }));
});
