import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatNodeRecord, nodeKey, openEmbeddedRegistry, type Registry } from '@poplin/ipam';
import { parseIp, silentLog } from '@poplin/net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SimulatedNode } from './testing/simulated-node.js';

let folder: string;
let registry: Registry;
let node: SimulatedNode;
let writes: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poplin-network-'));
  registry = await openEmbeddedRegistry({ file: join(folder, 'r.json'), log: silentLog });
  writes = 0;
  node = new SimulatedNode(1, registry, folder, () => {
    writes += 1;
  });
});
afterEach(async () => {
  await node.stop();
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const record = (number: number, address = `192.168.7.${number}`) =>
  formatNodeRecord({
    name: `n${number}`,
    id: `id-n${number}`,
    addresses: [parseIp(address)],
    backends: [{ type: 'a', data: { from: 'x' }, shared: { id: 1 } }],
    version: '1',
    createdAt: '2026-01-01T00:00:00.000Z',
  });
const put = (number: number, value = record(number)) =>
  registry.commit({ when: [], do: [{ put: nodeKey(`n${number}`), value }] });
const start = () => node.start({ type: 'a', options: {} });

it('writes what concerns one peer when one peer changes, and nothing of the others', async () => {
  await registry.commit({
    when: [],
    do: [...Array(100).keys()].map((n) => ({ put: nodeKey(`n${n + 2}`), value: record(n + 2) })),
  });
  await start();
  expect(node.run?.network.peerCount).toBe(100);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = writes;
  await put(50, record(50, '192.168.8.50'));
  await vi.waitFor(
    () =>
      expect(node.kernel.of('peer n50').masquerade).toMatchObject([{ cidr: '192.168.8.50/32' }]),
    10_000,
  );
  expect(writes - before).toBe(1);
});

it('takes away what a peer had when its record goes', async () => {
  await put(2);
  await start();
  expect(node.kernel.owners).toContain('peer n2');
  await registry.commit({ when: [], do: [{ delete: nodeKey('n2') }] });
  await vi.waitFor(() => expect(node.kernel.owners).not.toContain('peer n2'), 10_000);
  expect(node.run?.network.peerCount).toBe(0);
});

it('names two nodes that claim one address, and a record that cannot be read', async () => {
  await put(2);
  await put(3, record(3, '192.168.7.2'));
  await put(4, '{}');
  await start();
  const { problems = [], peerCount } = node.run?.network ?? {};
  expect(peerCount).toBe(1);
  expect(problems).toEqual([
    expect.stringMatching(/record nodes\/n4 is ignored/),
    expect.stringMatching(/node n3 .*node n2.*192\.168\.7\.2/),
  ]);
});
