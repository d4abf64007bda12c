import { expect, it } from 'vitest';
import { Lab, type Pod, waitUntil } from '../../lab/index.js';
import { reaches } from './stranded.js';

it('the status tells how many packets poplind itself has carried', async () => {
  await using lab = await Lab.create({ nodes: 2, backend: 'udp' });
  const [near, far] = (await lab.addPods(1)) as [Pod, Pod];
  await waitUntil('pods reach each other', () => reaches(near, far));
  for (const { host } of [near, far]) {
    const { stdout } = await host.poplinctl('status');
    expect(stdout).toMatch(/^Counted +udp: sent_packets \d+, .*received_packets \d+/m);
  }
});
