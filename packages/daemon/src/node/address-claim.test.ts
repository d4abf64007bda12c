import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { openEmbeddedRegistry, parseAliveRecord, type Registry } from '@poplin/ipam';
import { parseIp, silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AddressClaim } from './address-claim.js';
import { type Joining, join } from './membership.js';

let directory: string;
let registry: Registry;
const claims: AddressClaim[] = [];
beforeEach(async () => {
  directory = mkdtempSync(path(tmpdir(), 'poplin-claim-'));
  registry = await openEmbeddedRegistry({ file: path(directory, 'r.json'), log: silentLog });
});
afterEach(async () => {
  for (const claim of claims.splice(0)) claim[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const [first, second, third] = ['192.168.7.1', '192.168.7.2', '192.168.7.3'].map(parseIp) as [
  ReturnType<typeof parseIp>,
  ReturnType<typeof parseIp>,
  ReturnType<typeof parseIp>,
];
const node = (name: string, ip: typeof first): Joining => ({
  name,
  id: `id-${name}`,
  instance: `run-of-${name}`,
  addresses: [ip],
  startedAt: '2026-01-01T00:00:00.000Z',
});
const joinWith = async (name: string, ip: typeof first, use: Registry = registry) => {
  const self = node(name, ip);
  const held = await join(registry, self);
  const times = { conflictMs: 20, silenceMs: 20 };
  const claim = new AddressClaim({ registry: use, held, self, log: silentLog, ...times });
  claims.push(claim);
  return { claim, held };
};
const told = async (name: string): Promise<readonly string[]> => {
  const key = `alive/${name}`;
  const parsed = parseAliveRecord(key, (await registry.get(key))?.value ?? '');
  return parsed.ok ? parsed.record.addresses : [];
};

describe('the addresses of a node that lives', () => {
  it('are those that it moved to, and the old ones are free', async () => {
    const { claim } = await joinWith('n1', first);
    expect(await claim.move([second])).toBe(true);
    expect(await told('n1')).toEqual([second]);
    await joinWith('n2', first);
  });

  it('do not become those of another live node: both are named, and the old ones stay', async () => {
    const { claim } = await joinWith('n1', first);
    const other = await joinWith('n2', second);
    const moved = claim.move([second]);
    await vi.waitFor(() => expect(claim.problem).toMatch(/n1 .*192\.168\.7\.2.* n2 /), 10_000);
    expect(await told('n1')).toEqual([first]);
    await other.held.release();
    expect(await moved).toBe(true);
    expect(claim.problem).toBeUndefined();
    expect(await told('n1')).toEqual([second]);
  });

  it('are the last that were asked for', async () => {
    const { claim } = await joinWith('n1', first);
    await joinWith('n2', second);
    const refused = claim.move([second]);
    await vi.waitFor(() => expect(claim.problem).toBeDefined(), 10_000);
    expect(await claim.move([third])).toBe(true);
    expect(await refused).toBe(false);
    expect(claim.problem).toBeUndefined();
    expect(await told('n1')).toEqual([third]);
  });

  it('go to exactly one of two that move at once', async () => {
    const [one, two] = [await joinWith('n1', first), await joinWith('n2', second)];
    const both = [one.claim.move([third]), two.claim.move([third])];
    const winner = await Promise.race(both.map(async (move, at) => (await move) && at));
    const loser = winner === 0 ? two : one;
    await vi.waitFor(() => expect(loser.claim.problem).toBeDefined(), 10_000);
    expect([await told('n1'), await told('n2')].filter(([ip]) => ip === third)).toHaveLength(1);
  });

  it('wait for a registry that is away', async () => {
    const list = vi.fn(registry.list.bind(registry));
    list.mockRejectedValueOnce(new Error('away')).mockRejectedValueOnce(new Error('away'));
    const use = Object.assign(Object.create(registry) as Registry, { list });
    const { claim } = await joinWith('n1', first, use);
    expect(await claim.move([second])).toBe(true);
    expect(list.mock.calls.length).toBeGreaterThan(2);
    expect(await told('n1')).toEqual([second]);
  });

  it('stay when the daemon ends before they could change', async () => {
    const { claim } = await joinWith('n1', first);
    await joinWith('n2', second);
    const moved = claim.move([second]);
    await vi.waitFor(() => expect(claim.problem).toBeDefined(), 10_000);
    claim[Symbol.dispose]();
    expect(await moved).toBe(false);
    expect(await claim.move([third])).toBe(false);
    expect(await told('n1')).toEqual([first]);
  });
});
