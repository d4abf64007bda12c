import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { blockKey, parseBlockRecord } from '../records/block.js';
import { useEmbeddedRegistry } from '../testing/embedded-fixture.js';
import { assign, inUse, pool, putBlock, startNode } from '../testing/ipam-fixture.js';
import { createRecordedLog, eventually } from '../testing/recorder.js';

const registry = useEmbeddedRegistry();
const pools = [pool('10.244.0.0/16', 29)];

describe('starting', () => {
  it('takes up the blocks of this node, judged by its id', async () => {
    await putBlock(registry(), '10.244.0.0/29', 'n1');
    await putBlock(registry(), '10.244.0.8/29', 'n2');
    await using ipam = await startNode(registry(), { pools });
    expect(ipam.blocks().map(({ record }) => record.cidr)).toEqual(['10.244.0.0/29']);
  });

  it('does not take up the blocks of an earlier node of the same name', async () => {
    await putBlock(registry(), '10.244.0.0/29', 'n1');
    await using ipam = await startNode(registry(), { pools, nodeId: 'new' });
    expect(ipam.blocks().map(({ record }) => record.cidr)).not.toContain('10.244.0.0/29');
  });

  it('hands out nothing that was found in use, and goes on after the last', async () => {
    await putBlock(registry(), '10.244.0.0/29', 'n1');
    const existing = ['10.244.0.0', '10.244.0.1', '10.244.0.5'].map((ip) =>
      inUse(ip, '10.244.0.0/29', ip),
    );
    await using ipam = await startNode(registry(), { pools, existing });
    expect(await assign(ipam, '10.244.0.5')).toEqual(['10.244.0.5']);
    const next = [];
    for (let i = 0; i < 5; i++) next.push(...(await assign(ipam, `c${i}`)));
    expect([...next].sort()).toEqual(['2', '3', '4', '6', '7'].map((n) => `10.244.0.${n}`));
    expect(ipam.release({ containerId: '10.244.0.1', ifname: 'eth0' })).toHaveLength(1);
  });

  it('claims the block of an address in use again when its record is gone', async () => {
    const log = createRecordedLog();
    const existing = [inUse('10.244.7.1', '10.244.7.0/29', 'c1')];
    await using ipam = await startNode(registry(), { pools, existing, log });
    expect(ipam.blocks().map(({ record }) => record.cidr)).toEqual(['10.244.7.0/29']);
    const entry = await registry().get(blockKey(parseCidr('10.244.7.0/29')));
    const parsed = entry && parseBlockRecord(entry.key, entry.value);
    expect(parsed).toMatchObject({ ok: true, record: { node: 'n1', pool: 'default' } });
    expect(log.lines.map(({ level }) => level)).toContain('warn');
  });

  it.each([
    ['is owned by another node', '10.244.7.1', '10.244.7.0/29', /owned by node n2/],
    ['belongs to no pool', '192.0.2.1', '192.0.2.0/29', /belongs to no pool/],
  ])('keeps and reports an address in use whose block %s', async (_why, ip, block, reason) => {
    await putBlock(registry(), '10.244.7.0/29', 'n2');
    const log = createRecordedLog();
    await using ipam = await startNode(registry(), {
      pools,
      existing: [inUse(ip, block, 'c1')],
      log,
    });
    expect(ipam.assignments()).toHaveLength(1);
    expect(await assign(ipam, 'c1')).toEqual([ip]);
    const error = log.lines.find(({ level }) => level === 'error');
    expect(error?.message).toMatch(reason);
    expect(error?.facts).toMatchObject({ block, ip, code: 'BLOCK_LOST' });
    expect(ipam.release({ containerId: 'c1', ifname: 'eth0' })).toHaveLength(1);
  });

  it('goes on without a first block when the pool is full, and says why', async () => {
    await putBlock(registry(), '10.244.0.0/29', 'n2');
    const log = createRecordedLog();
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/29', 29)], log });
    expect(ipam.blocks()).toEqual([]);
    expect(log.lines.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^no first block: pool "default" .* \(1 of 1 claimed\)/),
    ]);
    await expect(assign(ipam, 'c1')).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' });
  });

  it('fails when the registry cannot be read', async () => {
    registry().fault = 'away';
    await expect(startNode(registry(), { pools })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('a change of the pools', () => {
  it('hands out from the new pools only, and keeps what is in use', async () => {
    await using ipam = await startNode(registry(), { pools });
    const [before] = await assign(ipam, 'c1');
    ipam.setPools([pool('10.99.0.0/24', 26, 'new')]);
    const [after] = await assign(ipam, 'c2');
    expect(after).toMatch(/^10\.99\.0\./);
    expect(await assign(ipam, 'c1')).toEqual([before]);
    expect(ipam.blocks()).toHaveLength(2);
  });

  it('claims a block for a family that is new', async () => {
    await using ipam = await startNode(registry(), { pools });
    ipam.setPools([...pools, pool('fd00::/64', 122, 'six')]);
    expect(ipam.families).toEqual(['ipv4', 'ipv6']);
    await eventually(() => expect(ipam.blocks()).toHaveLength(2));
  });
});
