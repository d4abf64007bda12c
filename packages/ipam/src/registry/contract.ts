import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRecorder, eventually } from '../testing/recorder.js';
import { itHoldsKeys } from './contract-hold.js';
import type { Registry } from './registry.js';

/** How the contract gets at a registry. */
export interface ContractSubject {
  /** An empty registry. */
  open(): Promise<Registry>;
  /** Ends it and removes what it left. */
  close(registry: Registry): Promise<void>;
}

/** What every registry must do. Run by the tests of each implementation. */
export function describeRegistryContract(name: string, subject: ContractSubject): void {
  describe(`${name} keeps the contract of a registry`, () => {
    let registry: Registry;
    beforeEach(async () => {
      registry = await subject.open();
    });
    afterEach(async () => {
      await subject.close(registry);
    });

    const put = (key: string, value: string): ReturnType<Registry['commit']> =>
      registry.commit({ when: [], do: [{ put: key, value }] });

    it('has nothing for a key that was never put', async () => {
      expect(await registry.get('config')).toBeUndefined();
      expect((await registry.list('nodes/')).entries).toEqual([]);
    });

    it('reads what was put, with the revisions of creation and of the last change', async () => {
      const first = await put('nodes/n1', 'a');
      const second = await put('nodes/n1', 'ä€😀');
      expect(second.revision).toBe(first.revision + 1n);
      expect(await registry.get('nodes/n1')).toEqual({
        key: 'nodes/n1',
        value: 'ä€😀',
        createRevision: first.revision,
        modRevision: second.revision,
      });
      expect(registry.status()).toEqual({ connected: true, revision: second.revision });
    });

    it('lists a prefix in the order of the keys and nothing beside it', async () => {
      for (const key of ['nodes/b', 'nodes/a', 'nodesx', 'blocks/1', 'nodes/a-', 'nodes/Z']) {
        await put(key, key);
      }
      const { entries, revision } = await registry.list('nodes/');
      expect(entries.map((entry) => entry.key)).toEqual([
        'nodes/Z',
        'nodes/a',
        'nodes/a-',
        'nodes/b',
      ]);
      expect(revision).toBe(registry.status().revision);
    });

    it('lists more keys than fit one page', async () => {
      const keys = Array.from({ length: 1234 }, (_, i) => `blocks/${String(i).padStart(5, '0')}`);
      for (let i = 0; i < keys.length; i += 100) {
        const batch = keys.slice(i, i + 100);
        await registry.commit({ when: [], do: batch.map((key) => ({ put: key, value: key })) });
      }
      const { entries } = await registry.list('blocks/');
      expect(entries.map((entry) => entry.key)).toEqual(keys);
    });

    it('applies all operations of a transaction at one revision', async () => {
      await put('a', '1');
      const { committed, revision } = await registry.commit({
        when: [{ key: 'a', value: '1' }],
        do: [{ put: 'b', value: '2' }, { delete: 'a' }, { put: 'c', value: '3' }],
      });
      expect(committed).toBe(true);
      const { entries } = await registry.list('');
      expect(entries.map((entry) => [entry.key, entry.modRevision])).toEqual([
        ['b', revision],
        ['c', revision],
      ]);
    });

    it('applies nothing when one condition does not hold', async () => {
      const { revision } = await put('a', '1');
      const attempts = [
        { key: 'a', is: 'absent' as const },
        { key: 'a', value: '2' },
        { key: 'a', modRevision: revision - 1n },
        { key: 'missing', value: '' },
        { key: 'missing', modRevision: revision },
      ];
      for (const condition of attempts) {
        const when = [{ key: 'b', is: 'absent' as const }, condition];
        const result = await registry.commit({ when, do: [{ put: 'b', value: 'x' }] });
        expect(result, JSON.stringify(condition, bigintText)).toEqual({
          committed: false,
          revision,
        });
      }
      expect(await registry.get('b')).toBeUndefined();
    });

    it('lets exactly one of many win the same absent key', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          registry.commit({
            when: [{ key: 'blocks/x', is: 'absent' }],
            do: [{ put: 'blocks/x', value: String(i) }],
          }),
        ),
      );
      expect(results.filter((result) => result.committed)).toHaveLength(1);
    });

    it('makes no revision of a delete that finds nothing', async () => {
      const { revision } = await put('a', '1');
      const result = await registry.commit({ when: [], do: [{ delete: 'b' }] });
      expect(result).toEqual({ committed: true, revision });
    });

    it('refuses a transaction that changes a key twice, and a key that is none', async () => {
      const twice = registry.commit({ when: [], do: [{ put: 'a', value: '1' }, { delete: 'a' }] });
      await expect(twice).rejects.toMatchObject({ code: 'INVALID' });
      await expect(put('/a', '1')).rejects.toMatchObject({ code: 'INVALID' });
      await expect(registry.get('')).rejects.toMatchObject({ code: 'INVALID' });
    });

    it('does not begin what its caller has given up', async () => {
      const signal = AbortSignal.abort();
      const txn = { when: [], do: [{ put: 'a', value: '1' }] };
      await expect(registry.commit(txn, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(registry.get('a', { signal })).rejects.toMatchObject({ code: 'ABORTED' });
      expect(await registry.get('a')).toBeUndefined();
    });

    it('tells a watcher the state first and then each change in order', async () => {
      await put('nodes/n1', '1');
      const recorder = createRecorder();
      using _watch = registry.watch('nodes/', recorder);
      await recorder.settlesAt({ 'nodes/n1': '1' });
      await put('nodes/n2', '2');
      await put('other', 'x');
      const last = await registry.commit({
        when: [],
        do: [{ delete: 'nodes/n1' }, { put: 'nodes/n3', value: '3' }],
      });
      await recorder.settlesAt({ 'nodes/n2': '2', 'nodes/n3': '3' });
      expect(recorder.snapshots).toHaveLength(1);
      expect(recorder.changes.map((c) => [c.type, c.type === 'put' ? c.entry.key : c.key])).toEqual(
        [
          ['put', 'nodes/n2'],
          ['delete', 'nodes/n1'],
          ['put', 'nodes/n3'],
        ],
      );
      const deleted = recorder.changes[1];
      expect(deleted).toEqual({ type: 'delete', key: 'nodes/n1', modRevision: last.revision });
      expect(recorder.connected).toEqual([true]);
    });

    it('tells a watcher every one of many concurrent changes', async () => {
      const recorder = createRecorder();
      using _watch = registry.watch('k/', recorder);
      await Promise.all(Array.from({ length: 200 }, (_, i) => put(`k/${i}`, String(i))));
      const expected = Object.fromEntries(
        Array.from({ length: 200 }, (_, i) => [`k/${i}`, String(i)]),
      );
      await recorder.settlesAt(expected);
      const revisions = recorder.changes.map((c) => (c.type === 'put' ? c.entry.modRevision : 0n));
      expect(revisions).toEqual([...revisions].sort((a, b) => (a < b ? -1 : 1)));
      expect(new Set(revisions).size).toBe(revisions.length);
    });

    it('tells a closed watcher nothing', async () => {
      const [closed, open] = [createRecorder(), createRecorder()];
      const watch = registry.watch('k/', closed);
      using _other = registry.watch('k/', open);
      await closed.settlesAt({});
      await eventually(() => expect(closed.snapshots).toHaveLength(1));
      watch.close();
      watch.close();
      await put('k/1', '1');
      await open.settlesAt({ 'k/1': '1' });
      expect(closed.changes).toEqual([]);
    });

    it('goes on when a watcher throws', async () => {
      const recorder = createRecorder();
      let failures = 0;
      using _bad = registry.watch('k/', {
        onSnapshot: () => {
          failures++;
          throw new Error('a bug');
        },
        onChange: () => {
          failures++;
          throw new Error('a bug');
        },
      });
      using _good = registry.watch('k/', recorder);
      await put('k/1', '1');
      await recorder.settlesAt({ 'k/1': '1' });
      await put('k/2', '2');
      await recorder.settlesAt({ 'k/1': '1', 'k/2': '2' });
      expect(failures).toBeGreaterThan(0);
    });

    itHoldsKeys(() => registry);

    it('releases what it holds and refuses all calls when it is closed', async () => {
      await registry.hold('alive/n1', 'one', { ttlSeconds: 10 });
      await registry[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
      await expect(registry.get('a')).rejects.toMatchObject({ code: 'CLOSED' });
      await expect(put('a', '1')).rejects.toMatchObject({ code: 'CLOSED' });
      expect(() => registry.watch('a', createRecorder())).toThrow(/closed/);
      expect(registry.status().connected).toBe(false);
    });
  });
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
