import { expect, it } from 'vitest';
import { useEmbeddedRegistry } from '../testing/embedded-fixture.js';
import { assign, pool, putBlock, startNode } from '../testing/ipam-fixture.js';
import { eventually } from '../testing/recorder.js';

const registry = useEmbeddedRegistry();
const two = [pool('10.244.0.0/29', 30)];

/** Takes addresses for containers of these numbers. */
async function fill(ipam: Parameters<typeof assign>[0], from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i++) await assign(ipam, `c${i}`);
}

it('counts what is free per family, without asking the registry', async () => {
  const pools = [pool('10.244.0.0/16', 29), pool('fd00::/64', 122, 'six')];
  await using ipam = await startNode(registry(), { pools });
  await assign(ipam, 'c1');
  registry().calls.length = 0;
  expect(ipam.usage()).toEqual({
    families: [
      { family: 'ipv4', free: 7, canGrow: true },
      { family: 'ipv6', free: 63, canGrow: true },
    ],
  });
  expect(registry().calls).toEqual([]);
});

it('is not exhausted while own addresses are left, though no block can be claimed', async () => {
  await putBlock(registry(), '10.244.0.8/29', 'n2');
  await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/28', 29)] });
  await fill(ipam, 1, 7);
  await eventually(() =>
    expect(ipam.usage()).toEqual({ families: [{ family: 'ipv4', free: 1, canGrow: false }] }),
  );
});

it('says why pods can have no addresses, and recovers with the first that is free', async () => {
  let now = 0;
  await putBlock(registry(), '10.244.0.4/30', 'n2');
  await using ipam = await startNode(registry(), { pools: two, clock: () => now });
  await fill(ipam, 1, 4);
  await eventually(() =>
    expect(ipam.usage()).toMatchObject({
      families: [{ family: 'ipv4', free: 0, canGrow: false }],
      exhausted: { code: 'POOL_EXHAUSTED', message: expect.stringContaining('4 of 4 in use') },
    }),
  );
  ipam.release({ containerId: 'c1', ifname: 'eth0' });
  expect(ipam.usage().exhausted).toBeDefined();
  now = 30_000;
  expect(ipam.usage()).toEqual({ families: [{ family: 'ipv4', free: 1, canGrow: false }] });
});

it('recovers by itself when another node gives a block back', async () => {
  let now = 0;
  await putBlock(registry(), '10.244.0.4/30', 'n2');
  await using ipam = await startNode(registry(), { pools: two, clock: () => now });
  await fill(ipam, 1, 4);
  await eventually(() => expect(ipam.usage().exhausted).toBeDefined());
  await registry().commit({ when: [], do: [{ delete: 'blocks/10.244.0.4-30' }] });
  expect(ipam.usage().exhausted).toBeDefined();
  now = 10_000;
  await eventually(() => expect(ipam.usage().exhausted).toBeUndefined());
  expect(ipam.blocks()).toHaveLength(2);
});

it('is exhausted while a full node cannot reach the registry, and recovers with it', async () => {
  let now = 0;
  await using ipam = await startNode(registry(), { pools: two, clock: () => now });
  registry().fault = 'away';
  await fill(ipam, 1, 4);
  await eventually(() => expect(ipam.usage().exhausted?.code).toBe('CLAIM_FAILED'));
  registry().fault = 'none';
  now = 10_000;
  await eventually(() => expect(ipam.usage().exhausted).toBeUndefined());
});

it('recovers at once with a pool that was added', async () => {
  await putBlock(registry(), '10.244.0.4/30', 'n2');
  await using ipam = await startNode(registry(), { pools: two });
  await fill(ipam, 1, 4);
  await eventually(() => expect(ipam.usage().exhausted).toBeDefined());
  ipam.setPools([...two, pool('10.245.0.0/24', 26, 'more')]);
  expect(ipam.usage().exhausted).toBeUndefined();
  await eventually(() => expect(ipam.usage().families[0]?.free).toBe(64));
});

it('is exhausted without a pool, until there is one', async () => {
  await using ipam = await startNode(registry(), { pools: [] });
  expect(ipam.usage()).toMatchObject({ families: [], exhausted: { code: 'NO_POOL' } });
  ipam.setPools(two);
  await eventually(() => expect(ipam.usage().exhausted).toBeUndefined());
});
