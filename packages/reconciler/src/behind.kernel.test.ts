import { type KernelState, kernelState } from '@poplin/backend';
import { parseCidr } from '@poplin/net';
import { linkSet } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { ip } from '../test-support/tools.js';
import { underlayStage } from '../test-support/underlay-stage.js';

const stage = underlayStage();

const blackhole = (third: number): KernelState =>
  kernelState({ routes: [{ type: 'blackhole', dst: parseCidr(`10.7.${third}.0/24`) }] });

describe('what is asked for behind a change of wishes', () => {
  it('finds the change made, and goes before the next change', async () => {
    const { reconciler } = stage;
    const list = () => reconciler.netlink.route.list({ family: 'ipv4', table: 254 });
    let behind: ReturnType<typeof list> | undefined;
    const first = reconciler.set('a', blackhole(1), {
      behind: () => {
        behind = list();
      },
    });
    await Promise.all([first, reconciler.set('b', blackhole(2))]);
    const found = (await behind)?.map(({ dst }) => dst).filter((dst) => dst.startsWith('10.7.'));
    expect(found).toEqual(['10.7.1.0/24']);
  });

  it('is asked for although nothing has changed', async () => {
    let asked = false;
    await stage.reconciler.remove('nobody', {
      behind: () => {
        asked = true;
      },
    });
    expect(asked).toBe(true);
  });

  it('has given a name free for whatever is asked once the change is answered, 32 at a time', async () => {
    const { reconciler } = stage;
    const { netlink } = reconciler;
    const comeAndGo = async (name: string): Promise<void> => {
      for (let time = 0; time < 8; time++) {
        // EEXIST, if the one before still had its name.
        await netlink.link.add({ kind: 'bridge', name });
        const { ifindex } = await netlink.link.get({ name });
        await reconciler.remove(name, {
          also: [linkSet({ ifindex }, { up: false })],
          behind: () => void netlink.link.set({ ifindex }, { name: `${name}x${time}` }),
        });
      }
    };
    await Promise.all(Array.from({ length: 32 }, (_, i) => comeAndGo(`v${i}`)));
    const bridges = ip('-br', 'link', 'show', 'type', 'bridge').trim().split('\n');
    expect(bridges.filter((line) => /^v\d+x\d /.test(line))).toHaveLength(32 * 8);
  });
});
