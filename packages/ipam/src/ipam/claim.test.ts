import { type Cidr, cidrOf, cidrsOverlap, firstIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { blockKey, blockOfKey } from '../records/block.js';
import { useEmbeddedRegistry } from '../testing/embedded-fixture.js';
import { assign, pool, putBlock, startNode } from '../testing/ipam-fixture.js';
import { createRecordedLog } from '../testing/recorder.js';

const registry = useEmbeddedRegistry();

/** Keys of all block records. */
async function blockKeys(): Promise<readonly string[]> {
  return (await registry().list('blocks/')).entries.map(({ key }) => key);
}

describe('claiming a block', () => {
  it('is shared fairly: many nodes at once get blocks that share no address', async () => {
    const pools = [pool('10.244.0.0/25', 29)];
    const names = Array.from({ length: 16 }, (_, i) => `n${i}`);
    const nodes = await Promise.all(
      names.map((nodeName) => startNode(registry(), { pools, nodeName })),
    );
    const blocks = nodes.flatMap((ipam) => ipam.blocks().map(({ record }) => record.cidr));
    expect(blocks).toHaveLength(16);
    expect(new Set(blocks).size).toBe(16);
    await Promise.all(nodes.map((ipam) => ipam[Symbol.asyncDispose]()));
  });

  it('is ours when the answer was lost and our token is there', async () => {
    registry().fault = 'lost-answer';
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/16', 26)] });
    expect(ipam.blocks()).toHaveLength(1);
    expect(await blockKeys()).toEqual(ipam.blocks().map(({ record }) => blockKey(record.cidr)));
  });

  it('is tried elsewhere when the request was lost', async () => {
    let tries = 0;
    registry().fault = 'lost-request';
    registry().beforeCommit = async () => {
      if (++tries === 2) registry().fault = 'none';
    };
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/16', 26)] });
    expect(ipam.blocks()).toHaveLength(1);
    expect(await blockKeys()).toEqual(ipam.blocks().map(({ record }) => blockKey(record.cidr)));
  });

  it('finds again what it claimed without ever hearing so', async () => {
    const log = createRecordedLog();
    registry().beforeCommit = async () => {
      registry().fault = 'away';
    };
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/24', 26)], log });
    expect(ipam.blocks()).toEqual([]);
    registry().beforeCommit = async () => {};
    registry().fault = 'none';
    await putBlock(registry(), '10.244.0.128/26', 'n1');
    expect(await assign(ipam, 'c1')).toEqual(['10.244.0.128']);
    expect(await blockKeys()).toEqual(['blocks/10.244.0.128-26']);
  });

  it('keeps clear of blocks of any other size', async () => {
    await putBlock(registry(), '10.244.0.0/25', 'a');
    await putBlock(registry(), '10.244.0.192/28', 'b');
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/24', 26)] });
    expect(ipam.blocks().map(({ record }) => record.cidr)).toEqual(['10.244.0.128/26']);
  });

  it('keeps clear of a block whose record cannot be read', async () => {
    await registry().commit({ when: [], do: [{ put: 'blocks/10.244.0.0-30', value: '{' }] });
    const log = createRecordedLog();
    const pools = [pool('10.244.0.0/29', 30)];
    await using ipam = await startNode(registry(), { pools, log });
    expect(ipam.blocks().map(({ record }) => record.cidr)).toEqual(['10.244.0.4/30']);
    expect(log.lines.map(({ facts }) => facts.key)).toContain('blocks/10.244.0.0-30');
  });

  it('yields to an overlapping block of another size that came first', async () => {
    const log = createRecordedLog();
    let other: Cidr | undefined;
    registry().beforeCommit = async ({ do: [operation] }) => {
      const block = operation && 'put' in operation ? blockOfKey(operation.put) : undefined;
      if (other || !block) return;
      // Between the listing and the commit of the one, the other commits a larger block around it.
      other = cidrOf(firstIp(block), 24);
      await putBlock(registry(), other, 'other');
    };
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/22', 26)], log });
    const [own] = ipam.blocks();
    expect(own && other && cidrsOverlap(own.record.cidr, other)).toBe(false);
    expect(await blockKeys()).toHaveLength(2);
    expect(log.lines.map(({ message }) => message)).toContain(
      'a claimed block overlaps one of another size; it is given back',
    );
  });

  it('goes on to the next pool when the first is full', async () => {
    await putBlock(registry(), '10.1.0.0/30', 'other');
    const pools = [pool('10.1.0.0/30', 30, 'a'), pool('10.2.0.0/24', 26, 'b')];
    await using ipam = await startNode(registry(), { pools });
    expect(ipam.blocks().map(({ record }) => record.pool)).toEqual(['b']);
  });
});
