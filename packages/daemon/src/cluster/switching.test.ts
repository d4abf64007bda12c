import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedRegistry, type Registry } from '@poplin/ipam';
import { silentLog } from '@poplin/net';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BackendConfig } from '../backend/load.js';
import { SimulatedNode } from './testing/simulated-node.js';

let folder: string;
let registry: Registry;
let pending: number;
let writes: number;
let nodes: readonly SimulatedNode[];
/** Pairs that could not reach each other at some moment, and what was between them. */
let broken: string[];
let watching: boolean;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Makes a cluster of three nodes that all have the first configuration at work, and takes it away. */
async function withCluster(first: BackendConfig, work: () => Promise<void>): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'poplin-switching-'));
  const plain = await openEmbeddedRegistry({ file: join(folder, 'r.json'), log: silentLog });
  registry = plain;
  const commit = plain.commit.bind(plain);
  pending = 0;
  writes = 0;
  broken = [];
  watching = false;
  plain.commit = async (...args) => {
    pending += 1;
    return commit(...args).finally(() => {
      pending -= 1;
    });
  };
  nodes = [1, 2, 3].map((number) => new SimulatedNode(number, registry, folder, look));
  try {
    for (const node of nodes) await node.claim();
    for (const node of nodes) await node.start(first);
    await quiet();
    watching = true;
    await work();
  } finally {
    for (const node of nodes) await node.stop();
    await registry[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** After every write to any kernel: what one node sends by, the other must be able to receive. */
function look(): void {
  writes += 1;
  if (!watching) return;
  for (const from of nodes) {
    for (const to of nodes) {
      if (from === to) continue;
      const carrier = from.carrierTo(to);
      if (carrier !== undefined && to.carried.includes(carrier)) continue;
      broken.push(`${from.name} to ${to.name} by ${carrier}, which has ${to.carried.join(' ')}`);
    }
  }
}

/** Settles when nothing happens any more by itself, but for what waits for a timer. */
async function quiet(): Promise<void> {
  for (let calm = 0; calm < 20; calm++) {
    const before = writes;
    await new Promise((resolve) => setImmediate(resolve));
    if (pending > 0 || writes !== before) calm = 0;
  }
}

/** Lets the time pass after which what nobody needs is no longer published, and that after which it is given up. */
async function pass(): Promise<void> {
  for (let time = 0; time < 2; time++) {
    await quiet();
    await vi.advanceTimersByTimeAsync(5000);
  }
  await quiet();
}

const config = (type: string, id = 1, mtu = 1450): BackendConfig => ({
  type,
  options: { id, mtu },
});

const carriers = () =>
  nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => from.carrierTo(to)));

it('changes node by node without a moment in which a packet could not be received', async () => {
  await withCluster(config('a'), async () => {
    for (const node of nodes) {
      expect(carriers()).not.toContain(undefined);
      await node.run?.backends.want(config('b'));
      await pass();
    }
    await pass();
    expect(new Set(carriers())).toEqual(new Set(['b 1']));
    for (const node of nodes) expect(node.carried).toEqual(['b 1']);
    expect(broken).toEqual([]);
  });
});

it('keeps the old backend for a node whose daemon is away, names it, and ends when that is back', async () => {
  await withCluster(config('a'), async () => {
    const [n1, n2, n3] = nodes;
    await n3?.stop();
    await n1?.run?.backends.want(config('a', 2));
    await n2?.run?.backends.want(config('a', 2));
    await pass();
    await pass();
    expect(n1?.run?.backends.status[1]?.waitingFor).toEqual(['n3']);
    expect(n1 && n2 && n1.carrierTo(n2)).toBe('a 2');
    expect(n1 && n3 && n1.carrierTo(n3)).toBe('a 1');
    await n3?.start(config('a', 2));
    await pass();
    await pass();
    expect(new Set(carriers())).toEqual(new Set(['a 2']));
    for (const node of nodes) expect(node.carried).toEqual(['a 2']);
    expect(broken).toEqual([]);
  });
});

it('keeps what is masqueraded the same all the time', async () => {
  await withCluster(config('a'), async () => {
    const masquerade = () =>
      nodes.map(({ kernel }) =>
        kernel.all.flatMap((state) => state.masquerade.map((m) => m.cidr)).sort(),
      );
    const before = masquerade();
    expect(before[0]).toContain('192.168.7.2/32');
    for (const node of nodes) {
      await node.run?.backends.want(config('b'));
      expect(masquerade()).toEqual(before);
    }
    await pass();
    expect(masquerade()).toEqual(before);
  });
});

it('comes to what is wanted last, whatever happens in between, and loses nobody on the way', {
  timeout: 120_000,
}, async () => {
  const some = fc.constantFrom(
    config('a'),
    config('a', 2),
    config('b'),
    config('b', 1, 1400),
    config('c'),
  );
  const node = fc.integer({ min: 0, max: 2 });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('want' as const), node, config: some }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('restart' as const), node, config: some }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('quiet' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(some, fc.array(step, { maxLength: 12 }), some, (first, steps, last) =>
      withCluster(first, async () => {
        for (const each of steps) {
          if (each.do === 'quiet') await quiet();
          else if (each.do === 'pass') await pass();
          else if (each.do === 'restart') {
            await nodes[each.node]?.stop();
            await nodes[each.node]?.start(each.config);
          } else void nodes[each.node]?.run?.backends.want(each.config);
        }
        for (const { run } of nodes) void run?.backends.want(last);
        for (let i = 0; i < 6; i++) await pass();
        const wanted = `${last.type} ${last.options.id}`;
        expect(new Set(carriers())).toEqual(new Set([wanted]));
        for (const { carried, run } of nodes) {
          expect(carried).toEqual([wanted]);
          expect(run?.backends.problems).toEqual([]);
        }
        expect(broken).toEqual([]);
      }),
    ),
    { numRuns: 60 },
  );
});
