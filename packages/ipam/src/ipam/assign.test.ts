import { parseIp } from '@poplin/net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useEmbeddedRegistry } from '../testing/embedded-fixture.js';
import { assign, inUse, pool, putBlock, startNode } from '../testing/ipam-fixture.js';
import { createRecordedLog, eventually } from '../testing/recorder.js';
import { IpamError } from './error.js';

const registry = useEmbeddedRegistry();
const dual = [pool('10.244.0.0/16', 26), pool('fd00:10:244::/56', 122, 'six')];

describe('assigning addresses', () => {
  it('gives one per family that has a pool, from blocks of this node', async () => {
    await using ipam = await startNode(registry(), { pools: dual });
    expect(ipam.families).toEqual(['ipv4', 'ipv6']);
    const got = await ipam.assign({ containerId: 'c1', ifname: 'eth0', pod: 'ns/p' });
    expect(got.map(({ pod, containerId }) => [pod, containerId])).toEqual([
      ['ns/p', 'c1'],
      ['ns/p', 'c1'],
    ]);
    const blocks = ipam.blocks().map(({ record }) => record.cidr);
    expect(got.map(({ block }) => block)).toEqual(blocks);
    expect(ipam.assignments()).toEqual(got);
  });

  it('gives the same holder the same addresses', async () => {
    await using ipam = await startNode(registry(), { pools: dual });
    const both = await Promise.all([assign(ipam, 'c1'), assign(ipam, 'c1')]);
    expect(both[0]).toEqual(both[1]);
    expect(await assign(ipam, 'c1')).toEqual(both[0]);
    expect(ipam.assignments()).toHaveLength(2);
  });

  it('tells the interfaces of one container apart', async () => {
    await using ipam = await startNode(registry(), { pools: dual });
    const [a] = await ipam.assign({ containerId: 'c1', ifname: 'eth0' });
    const [b] = await ipam.assign({ containerId: 'c1', ifname: 'net1' });
    expect(a?.ip).not.toBe(b?.ip);
  });

  it('claims one more block when the own ones are full, once for all who wait', async () => {
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/24', 30)] });
    const ips = await Promise.all(Array.from({ length: 16 }, (_, i) => assign(ipam, `c${i}`)));
    expect(new Set(ips.flat()).size).toBe(16);
    expect(ipam.blocks().length).toBeLessThanOrEqual(5);
  });

  it('claims the next block ahead, before the last address is gone', async () => {
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/16', 26)] });
    for (let i = 0; i < 55; i++) await assign(ipam, `c${i}`);
    expect(ipam.blocks()).toHaveLength(1);
    await assign(ipam, 'c55');
    await eventually(() => expect(ipam.blocks()).toHaveLength(2));
  });

  it('asks the registry for nothing while there is room', async () => {
    await using ipam = await startNode(registry(), { pools: dual });
    registry().calls.length = 0;
    for (let i = 0; i < 20; i++) await assign(ipam, `c${i}`);
    expect(registry().calls).toEqual([]);
  });

  it('goes on while the registry is away, as long as there is room', async () => {
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/16', 29)] });
    registry().fault = 'away';
    for (let i = 0; i < 8; i++) expect(await assign(ipam, `c${i}`)).toHaveLength(1);
    await expect(assign(ipam, 'c8')).rejects.toMatchObject({
      code: 'CLAIM_FAILED',
      retryable: true,
      message: expect.stringMatching(/^block \S+ is full \(8 of 8 in use\) and .*away/),
    });
    registry().fault = 'none';
    expect(await assign(ipam, 'c8')).toHaveLength(1);
  });

  it('takes nothing of one family when the other has none', async () => {
    const pools = [pool('10.244.0.0/24', 26), pool('fd00::/126', 126, 'six')];
    await using ipam = await startNode(registry(), { pools });
    for (let i = 0; i < 4; i++) await assign(ipam, `c${i}`);
    await expect(assign(ipam, 'c4')).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' });
    expect(ipam.assignments()).toHaveLength(8);
    expect(ipam.blocks().map(({ inUse: used }) => used)).toEqual([4, 4]);
  });

  it('says of an exhausted pool what is full, how full, and what to do', async () => {
    let now = 0;
    const pools = [pool('10.244.0.0/29', 30)];
    await putBlock(registry(), '10.244.0.4/30', 'other');
    await using ipam = await startNode(registry(), { pools, clock: () => now });
    for (let i = 0; i < 4; i++) await assign(ipam, `c${i}`);
    ipam.release({ containerId: 'c0', ifname: 'eth0' });
    now = 10_000;
    await expect(assign(ipam, 'c4')).rejects.toMatchObject({
      code: 'POOL_EXHAUSTED',
      retryable: true,
      message:
        'block 10.244.0.0/30 is full (3 of 4 in use, 1 cooling down, the next free in 20 s) and ' +
        'pool "default" 10.244.0.0/29 has no free block for node n1 (2 of 2 claimed)',
      remedy: expect.stringContaining('poplinctl blocks'),
    });
    now = 30_000;
    expect(await assign(ipam, 'c4')).toEqual(['10.244.0.0']);
  });

  it('refuses when there is no pool, and after it was closed', async () => {
    const ipam = await startNode(registry(), { pools: [] });
    await expect(assign(ipam, 'c1')).rejects.toMatchObject({ code: 'NO_POOL' });
    await ipam[Symbol.asyncDispose]();
    await expect(assign(ipam, 'c1')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('lets a caller give up the wait', async () => {
    await using ipam = await startNode(registry(), { pools: [pool('10.244.0.0/24', 30)] });
    registry().beforeCommit = ({ do: [operation] }) =>
      operation && 'put' in operation && operation.put.startsWith('blocks/')
        ? new Promise(() => {})
        : Promise.resolve();
    for (let i = 0; i < 4; i++) await assign(ipam, `c${i}`);
    const caller = { isGone: false, signal: AbortSignal.timeout(50) };
    const request = { containerId: 'c4', ifname: 'eth0', caller };
    await expect(ipam.assign(request)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(ipam.assignments()).toHaveLength(4);
  });
});

describe('releasing addresses', () => {
  it('tells what was released, and nothing for an unknown holder', async () => {
    await using ipam = await startNode(registry(), { pools: dual });
    const got = await ipam.assign({ containerId: 'c1', ifname: 'eth0' });
    expect(ipam.release({ containerId: 'c1', ifname: 'net1' })).toEqual([]);
    expect(ipam.release({ containerId: 'c1', ifname: 'eth0' })).toEqual(got);
    expect(ipam.release({ containerId: 'c1', ifname: 'eth0' })).toEqual([]);
    expect(ipam.blocks().map(({ inUse: used, cooling }) => [used, cooling])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('keeps an address that two holders were found with until both are gone', async () => {
    const log = createRecordedLog();
    const existing = ['a', 'b'].map((id) => inUse('10.244.0.1', '10.244.0.0/30', id));
    await putBlock(registry(), '10.244.0.0/30', 'n1');
    const pools = [pool('10.244.0.0/30', 30)];
    await using ipam = await startNode(registry(), { pools, existing, log, coolDownSeconds: 0 });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    ipam.release({ containerId: 'a', ifname: 'eth0' });
    const others = [await assign(ipam, 'x'), await assign(ipam, 'y'), await assign(ipam, 'z')];
    expect(others.flat()).not.toContain('10.244.0.1');
    ipam.release({ containerId: 'b', ifname: 'eth0' });
    expect(await assign(ipam, 'w')).toEqual(['10.244.0.1']);
  });
});

it('never gives one address to two holders, whatever happens', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('assign' as const), who: fc.nat(30) }),
    fc.record({ do: fc.constant('ask' as const), who: fc.nat(30), ip: fc.nat(17) }),
    fc.record({ do: fc.constant('release' as const), who: fc.nat(30) }),
    fc.record({ do: fc.constant('wait' as const), who: fc.nat(60) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(), async (steps, salt) => {
      let now = 0;
      const options = {
        pools: [pool('10.244.0.0/28', 30)],
        nodeName: `n${salt}`,
        clock: () => now,
      };
      const ipam = await startNode(registry(), options);
      for (const { do: what, who, ...rest } of steps) {
        const holder = { containerId: `c${who}`, ifname: 'eth0' };
        const requested = 'ip' in rest ? [parseIp(`10.244.0.${rest.ip}`)] : [];
        if (what === 'assign' || what === 'ask') {
          const wish = { ...holder, requested };
          await ipam
            .assign(wish)
            .catch((error: unknown) => expect(error).toBeInstanceOf(IpamError));
        } else if (what === 'release') ipam.release(holder);
        else now += who * 1000;
        const ips = ipam.assignments().map(({ ip }) => ip);
        expect(new Set(ips).size).toBe(ips.length);
      }
      await ipam[Symbol.asyncDispose]();
      const { entries } = await registry().list('');
      await registry().commit({ when: [], do: entries.map(({ key }) => ({ delete: key })) });
    }),
    { numRuns: 60 },
  );
});
