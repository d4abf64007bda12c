import { describe, expect, it } from 'vitest';
import { proveNetworkModel } from '../demo/model.js';
import {
  type AttachMode,
  compareSnapshots,
  differencesSince,
  Lab,
  takeSnapshot,
} from '../lab/index.js';

/** What a run leaves on the machine: nothing. */
describe('a whole run', () => {
  it.each<AttachMode>(['routed', 'bridge'])('leaves the machine as it was: %s', async (attach) => {
    const before = await takeSnapshot();
    await useLab(attach);
    expect(await differencesSince(before)).toEqual([]);
  });

  it('is seen while it lasts, so that the comparison is worth something', async () => {
    const before = await takeSnapshot();
    await using lab = await Lab.create({ nodes: 1 });
    const differences = compareSnapshots(before, await takeSnapshot());
    expect(differences).toContain(`namespace was left behind: ${lab.id}-n1`);
    expect(differences.filter((text) => text.startsWith('process was left behind'))).toHaveLength(
      1,
    );
    expect(differences.some((text) => text.includes(`/run/poplin-lab/${lab.id}.json`))).toBe(true);
  });

  it('leaves nothing when its pods and daemons are not taken down in order', async () => {
    const before = await takeSnapshot();
    {
      await using lab = await Lab.create({ nodes: 2 });
      await lab.addPods(2);
      await lab.host('n1').kill();
    }
    expect(await differencesSince(before)).toEqual([]);
  });
});

async function useLab(attach: AttachMode): Promise<void> {
  await using lab = await Lab.create({ nodes: 2, attach });
  const pods = await lab.addPods(1);
  const checks = await proveNetworkModel(lab, pods);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  for (const pod of pods) await pod.remove();
}
