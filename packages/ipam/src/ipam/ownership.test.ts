import { describe, expect, it } from 'vitest';
import { parseAddressMirror } from '../records/addresses.js';
import { useEmbeddedRegistry } from '../testing/embedded-fixture.js';
import { assign, pool, putBlock, startNode } from '../testing/ipam-fixture.js';
import { createRecordedLog, eventually } from '../testing/recorder.js';

const registry = useEmbeddedRegistry();
const pools = [pool('10.244.0.0/28', 29)];
const [first, key] = ['10.244.0.0/29', 'blocks/10.244.0.0-29'];

describe('a block that is taken from a node', () => {
  it.each([
    [
      'deleted',
      () => registry().commit({ when: [], do: [{ delete: key }] }),
      /was deleted/,
      undefined,
    ],
    ['given to another', () => putBlock(registry(), first, 'n2'), /owned by node n2/, 'n2'],
  ])('is reported and no longer used when it is %s', async (_what, take, reason, owner) => {
    const log = createRecordedLog();
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools, log });
    const changes: number[] = [];
    ipam.onBlocksChanged((blocks) => changes.push(blocks.length));
    const kept = await assign(ipam, 'c1');
    await take();
    await eventually(() => expect(changes).toEqual([0]));
    expect(ipam.blocks()).toEqual([]);
    const error = log.lines.find(({ level }) => level === 'error');
    expect(error?.message).toMatch(reason);
    expect(error?.facts).toMatchObject({ code: 'BLOCK_LOST', block: first, owner, inUse: 1 });
    expect(await assign(ipam, 'c1')).toEqual(kept);
    const [other] = await assign(ipam, 'c2');
    if (owner) expect(other).toMatch(/^10\.244\.0\.(8|9|1\d)$/);
    expect(ipam.release({ containerId: 'c1', ifname: 'eth0' })).toHaveLength(1);
  });

  it('is used again when it is given back', async () => {
    await putBlock(registry(), first, 'n1');
    await using ipam = await startNode(registry(), { pools });
    const kept = await assign(ipam, 'c1');
    await putBlock(registry(), first, 'n2');
    await eventually(() => expect(ipam.blocks()).toEqual([]));
    await putBlock(registry(), first, 'n1');
    await eventually(() => expect(ipam.blocks()).toHaveLength(1));
    expect(ipam.blocks()[0]?.inUse).toBe(1);
    expect(await assign(ipam, 'c2')).not.toEqual(kept);
  });

  it('stops telling an observer who unsubscribed', async () => {
    await using ipam = await startNode(registry(), { pools });
    let told = 0;
    const stop = ipam.onBlocksChanged(() => told++);
    stop();
    for (let i = 0; i < 9; i++) await assign(ipam, `c${i}`);
    expect(ipam.blocks()).toHaveLength(2);
    expect(told).toBe(0);
  });
});

describe('the mirror of addresses', () => {
  const mirrored = async (): Promise<readonly string[] | undefined> => {
    const { entries } = await registry().list('addresses/');
    const entry = entries[0];
    const parsed = entry && parseAddressMirror(entry.key, entry.value);
    return parsed?.ok ? parsed.record.addresses.map(({ containerId }) => containerId) : undefined;
  };

  it('shows what is in use, later, and with few writes', async () => {
    await using ipam = await startNode(registry(), { pools });
    await eventually(async () => expect(await mirrored()).toEqual([]));
    const { revision } = await registry().list('');
    for (const id of ['a', 'b', 'c']) await assign(ipam, id);
    ipam.release({ containerId: 'b', ifname: 'eth0' });
    await eventually(async () => expect(await mirrored()).toEqual(['a', 'c']));
    expect((await registry().list('')).revision).toBe(revision + 1n);
  });

  it('is written again after a failure, which is said once', async () => {
    const log = createRecordedLog();
    await using ipam = await startNode(registry(), { pools, log });
    registry().fault = 'away';
    await assign(ipam, 'a');
    await eventually(() => expect(log.lines.map(({ level }) => level)).toContain('warn'));
    registry().fault = 'none';
    await eventually(async () => expect(await mirrored()).toEqual(['a']));
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('is brought up to date at the end', async () => {
    const ipam = await startNode(registry(), { pools });
    await assign(ipam, 'a');
    await ipam[Symbol.asyncDispose]();
    expect(await mirrored()).toEqual(['a']);
  });
});
