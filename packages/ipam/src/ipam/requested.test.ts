import { parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { useEmbeddedRegistry } from '../testing/embedded-fixture.js';
import { ask, assign, inUse, pool, putBlock, startNode } from '../testing/ipam-fixture.js';
import { eventually } from '../testing/recorder.js';

const registry = useEmbeddedRegistry();
const pools = [pool('10.244.0.0/24', 29)];
const dual = [...pools, pool('fd00:10:244::/64', 122, 'six')];
const first = '10.244.0.0/29';

/** Keys of all block records. */
async function blockKeys(): Promise<readonly string[]> {
  return (await registry().list('blocks/')).entries.map(({ key }) => key);
}

describe('an address that is asked for', () => {
  it('is handed out, and not a second time', async () => {
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools });
    expect(await ask(ipam, 'c1', ['10.244.0.5'])).toEqual(['10.244.0.5']);
    const others = [];
    for (let i = 0; i < 7; i++) others.push(...(await assign(ipam, `o${i}`)));
    expect(others.sort()).toEqual(['0', '1', '2', '3', '4', '6', '7'].map((n) => `10.244.0.${n}`));
  });

  it('goes with one of the other family as usual', async () => {
    await using ipam = await startNode(registry(), { pools: dual });
    const [four, six] = await ask(ipam, 'c1', ['fd00:10:244::1:5']);
    expect(four).toMatch(/^10\.244\.0\./);
    expect(six).toBe('fd00:10:244::1:5');
    const both = ['10.244.0.77', 'fd00:10:244::2:5'];
    expect(await ask(ipam, 'c2', both)).toEqual(both);
  });

  it('is claimed with its block when nobody has that', async () => {
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools });
    expect(await ask(ipam, 'c1', ['10.244.0.99'])).toEqual(['10.244.0.99']);
    expect(await blockKeys()).toEqual(['blocks/10.244.0.0-29', 'blocks/10.244.0.96-29']);
    expect(ipam.blocks().map(({ record, inUse: used }) => [record.node, used])).toEqual([
      ['n1', 0],
      ['n1', 1],
    ]);
  });

  it('is had by all of those who ask for addresses of one free block at once', async () => {
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools });
    const ips = Array.from({ length: 8 }, (_, i) => `10.244.0.${64 + i}`);
    expect(await Promise.all(ips.map((ip) => ask(ipam, ip, [ip])))).toEqual(ips.map((ip) => [ip]));
    expect(ipam.blocks()).toHaveLength(2);
  });

  it('is found in a block that was claimed without ever hearing so', async () => {
    await using ipam = await startNode(registry(), { pools });
    await putBlock(registry(), '10.244.0.96/29', 'n1');
    expect(await ask(ipam, 'c1', ['10.244.0.97'])).toEqual(['10.244.0.97']);
  });

  it('is ours when the answer to the claim was lost', async () => {
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools });
    registry().fault = 'lost-answer';
    expect(await ask(ipam, 'c1', ['10.244.0.99'])).toEqual(['10.244.0.99']);
  });

  it('is the one of two nodes that claim its block at once', async () => {
    const names = ['n1', 'n2'];
    const nodes = await Promise.all(
      names.map((nodeName) => startNode(registry(), { pools, nodeName })),
    );
    const ends = await Promise.allSettled(nodes.map((ipam) => ask(ipam, 'c1', ['10.244.0.200'])));
    const states = ends.map(({ status }) => status).sort();
    expect(states).toEqual(['fulfilled', 'rejected']);
    const loser = ends.find((end) => end.status === 'rejected');
    expect(loser?.reason).toMatchObject({ code: 'ADDRESS_ELSEWHERE' });
    await Promise.all(nodes.map((ipam) => ipam[Symbol.asyncDispose]()));
  });

  it('is given again to its holder, whatever is asked for then', async () => {
    await using ipam = await startNode(registry(), { pools: dual });
    const got = await ask(ipam, 'c1', ['10.244.0.5']);
    expect(await ask(ipam, 'c1', ['10.244.0.5'])).toEqual(got);
    expect(await ask(ipam, 'c1', ['10.244.0.6'])).toEqual(got);
    expect(await assign(ipam, 'c1')).toEqual(got);
    expect(ipam.assignments()).toHaveLength(2);
  });

  it('comes out of its cool-down for the container that had it', async () => {
    let now = 0;
    await using ipam = await startNode(registry(), { pools, clock: () => now });
    await ask(ipam, 'c1', ['10.244.0.5']);
    ipam.release({ containerId: 'c1', ifname: 'eth0' });
    now = 18_500;
    await expect(ask(ipam, 'c2', ['10.244.0.5'])).rejects.toMatchObject({
      code: 'ADDRESS_COOLING',
      retryable: true,
      message: 'address 10.244.0.5 was released by another container and is free in 12 s',
    });
    expect(await ask(ipam, 'c1', ['10.244.0.5'])).toEqual(['10.244.0.5']);
    ipam.release({ containerId: 'c1', ifname: 'eth0' });
    now = 48_500;
    expect(await ask(ipam, 'c2', ['10.244.0.5'])).toEqual(['10.244.0.5']);
  });
});

describe('an address that cannot be had', () => {
  it('is one that no pool has; the pools are named', async () => {
    await using ipam = await startNode(registry(), { pools });
    await expect(ask(ipam, 'c1', ['192.0.2.1'])).rejects.toMatchObject({
      code: 'ADDRESS_OUTSIDE_POOLS',
      message: 'address 192.0.2.1 is in no pool; there is pool "default" 10.244.0.0/24',
      remedy: expect.stringContaining('poplinctl config'),
    });
    await expect(ask(ipam, 'c1', ['fd00::1'])).rejects.toMatchObject({
      code: 'ADDRESS_OUTSIDE_POOLS',
    });
  });

  it('is a second one of a family', async () => {
    await using ipam = await startNode(registry(), { pools });
    const two = ask(ipam, 'c1', ['10.244.0.1', '10.244.0.2']);
    await expect(two).rejects.toMatchObject({ code: 'ADDRESS_PER_FAMILY' });
    expect(await ask(ipam, 'c1', ['10.244.0.1', '10.244.0.1'])).toEqual(['10.244.0.1']);
  });

  it.each([
    ['of the own block', '10.244.0.0'],
    ['of the own block', '10.244.0.7'],
    ['of a block that would have to be claimed', '10.244.0.64'],
    ['of a block that would have to be claimed', '10.244.0.71'],
  ])('is the first or last %s on a bridge: %s', async (_which, ip) => {
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools, usable: 'inner' });
    await expect(ask(ipam, 'c1', [ip])).rejects.toMatchObject({ code: 'ADDRESS_RESERVED' });
    expect(await blockKeys()).toEqual(['blocks/10.244.0.0-29']);
  });

  it('is in the block of another node, which is named', async () => {
    await putBlock(registry(), '10.244.0.96/29', 'n2');
    await using ipam = await startNode(registry(), { pools });
    await expect(ask(ipam, 'c1', ['10.244.0.99'])).rejects.toMatchObject({
      code: 'ADDRESS_ELSEWHERE',
      message: 'address 10.244.0.99 is in block 10.244.0.96/29 of node n2',
      remedy: expect.stringContaining('n2'),
    });
  });

  it('needs a block that overlaps one of another size', async () => {
    await putBlock(registry(), '10.244.0.96/30', 'n2');
    await using ipam = await startNode(registry(), { pools });
    await expect(ask(ipam, 'c1', ['10.244.0.102'])).rejects.toMatchObject({
      code: 'ADDRESS_ELSEWHERE',
      message:
        'address 10.244.0.102 needs block 10.244.0.96/29, which overlaps block 10.244.0.96/30 of node n2',
    });
  });

  it('is in a block whose record cannot be read', async () => {
    await registry().commit({ when: [], do: [{ put: 'blocks/10.244.0.96-29', value: '{' }] });
    await using ipam = await startNode(registry(), { pools });
    await expect(ask(ipam, 'c1', ['10.244.0.99'])).rejects.toMatchObject({
      code: 'ADDRESS_ELSEWHERE',
      message: expect.stringContaining('whose record cannot be read'),
    });
  });

  it('is in use; its holder is named', async () => {
    await using ipam = await startNode(registry(), { pools });
    const requested = [parseIp('10.244.0.5')];
    await ipam.assign({ containerId: 'c1', ifname: 'eth0', pod: 'shop/cart-0', requested });
    await expect(ask(ipam, 'c2', ['10.244.0.5'])).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      message: 'address 10.244.0.5 is in use by pod shop/cart-0 (container c1, interface eth0)',
    });
    const second = ipam.assign({ containerId: 'c1', ifname: 'net1', requested });
    await expect(second).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
  });

  it('is in use in a block that this node lost', async () => {
    await putBlock(registry(), '10.244.0.96/29', 'n2');
    const existing = [inUse('10.244.0.99', '10.244.0.96/29', 'c1')];
    await using ipam = await startNode(registry(), { pools, existing });
    await expect(ask(ipam, 'c2', ['10.244.0.99'])).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      message: 'address 10.244.0.99 is in use by container c1, interface eth0',
    });
  });

  it('is one whose block cannot be claimed while the registry is away; own blocks serve on', async () => {
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools });
    registry().fault = 'away';
    await expect(ask(ipam, 'c1', ['10.244.0.99'])).rejects.toMatchObject({
      code: 'CLAIM_FAILED',
      retryable: true,
      message: expect.stringMatching(/^address 10\.244\.0\.99 needs block 10\.244\.0\.96\/29, /),
    });
    expect(await ask(ipam, 'c1', ['10.244.0.5'])).toEqual(['10.244.0.5']);
  });

  it('is given up after a few claims that came to nothing', async () => {
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools });
    registry().fault = 'lost-request';
    await expect(ask(ipam, 'c1', ['10.244.0.99'])).rejects.toMatchObject({
      code: 'CLAIM_FAILED',
      message: 'block 10.244.0.96/29 of address 10.244.0.99 could not be claimed in 3 tries',
    });
  });

  it('reserves nothing, and claims nothing, when the other family is refused', async () => {
    await putBlock(registry(), 'fd00:10:244::/122', 'n1');
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools: dual });
    await ask(ipam, 'c1', ['fd00:10:244::5']);
    const before = [ipam.assignments(), ipam.blocks(), await blockKeys()];
    const both = ask(ipam, 'c2', ['10.244.0.99', 'fd00:10:244::5']);
    await expect(both).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
    expect([ipam.assignments(), ipam.blocks(), await blockKeys()]).toEqual(before);
  });
});

it('takes a lost block up again when its record names this node anew', async () => {
  await putBlock(registry(), first, 'n1');
  const inner = registry();
  // A watch that tells nothing of what happens after the start.
  let told = false;
  const deaf = Object.assign(Object.create(inner), {
    watch: (prefix: string, handler: Parameters<typeof inner.watch>[1]) =>
      inner.watch(prefix, {
        ...handler,
        onChange: (changes, revision) => {
          if (!told) handler.onChange(changes, revision);
          told = true;
        },
      }),
  }) as typeof inner;
  await using ipam = await startNode(deaf, { pools });
  await assign(ipam, 'c1');
  await putBlock(inner, first, 'n2');
  await eventually(() => expect(ipam.blocks()).toEqual([]));
  await putBlock(inner, first, 'n1');
  expect(await ask(ipam, 'c2', ['10.244.0.5'])).toEqual(['10.244.0.5']);
  expect(ipam.blocks().map(({ inUse: used }) => used)).toEqual([2]);
});
