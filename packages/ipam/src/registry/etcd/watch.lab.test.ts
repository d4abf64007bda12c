import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { put, shortTimings, useEtcd } from '../../testing/etcd-fixture.js';
import { createRecorder, eventually } from '../../testing/recorder.js';
import { startTcpRelay } from '../../testing/tcp-relay.js';

const etcd = useEtcd();

describe('a watch on etcd', () => {
  it('misses nothing when etcd is killed and comes back', async () => {
    const prefix = etcd.newPrefix();
    const [watcher, writer] = [await etcd.open({ prefix }), await etcd.open({ prefix })];
    const recorder = createRecorder();
    using _watch = watcher.watch('k/', recorder);
    await put(writer, 'k/1', '1');
    await recorder.settlesAt({ 'k/1': '1' });
    await eventually(() => expect(recorder.connected).toEqual([true]));
    await etcd.server.kill();
    await eventually(() => expect(recorder.connected).toEqual([true, false]));
    expect(watcher.status().connected).toBe(false);
    await etcd.server.start();
    await eventually(() => put(writer, 'k/2', '2'));
    await put(writer, 'k/3', '3');
    await writer.commit({ when: [], do: [{ delete: 'k/1' }] });
    await recorder.settlesAt({ 'k/2': '2', 'k/3': '3' });
    expect(recorder.connected).toEqual([true, false, true]);
    expect(recorder.snapshots).toHaveLength(1);
    expect(watcher.status().connected).toBe(true);
  });

  it('misses nothing when etcd freezes, others go on, and it thaws', async () => {
    const prefix = etcd.newPrefix();
    const watcher = await etcd.open({ prefix });
    const recorder = createRecorder();
    using _watch = watcher.watch('k/', recorder);
    await put(watcher, 'k/1', '1');
    await recorder.settlesAt({ 'k/1': '1' });
    await eventually(() => expect(recorder.connected).toEqual([true]));
    etcd.server.freeze();
    await eventually(() => expect(recorder.connected.at(-1)).toBe(false));
    etcd.server.thaw();
    const writer = await etcd.open({ prefix });
    await eventually(() => put(writer, 'k/2', '2'));
    await recorder.settlesAt({ 'k/1': '1', 'k/2': '2' });
    expect(recorder.connected.at(-1)).toBe(true);
  });

  it('tells the whole state again when what it missed was compacted', async () => {
    const prefix = etcd.newPrefix();
    await using relay = await startTcpRelay(etcd.server.endpoint);
    const watcher = await etcd.open({ prefix, endpoints: [relay.endpoint] });
    const writer = await etcd.open({ prefix });
    const recorder = createRecorder();
    using _watch = watcher.watch('k/', recorder);
    await put(writer, 'k/1', '1');
    await recorder.settlesAt({ 'k/1': '1' });
    relay.cut();
    await put(writer, 'k/2', '2');
    await writer.commit({ when: [], do: [{ delete: 'k/1' }] });
    await etcd.compact();
    relay.restore();
    await recorder.settlesAt({ 'k/2': '2' });
    expect(recorder.snapshots).toHaveLength(2);
    await put(writer, 'k/3', '3');
    await recorder.settlesAt({ 'k/2': '2', 'k/3': '3' });
  });

  it('keeps its place through the failures of other calls', async () => {
    const registry = await etcd.open();
    const recorder = createRecorder();
    using _watch = registry.watch('k/', recorder);
    await recorder.settlesAt({});
    const tooLarge = put(registry, 'big', 'x'.repeat(4 * 1024 * 1024));
    await expect(tooLarge).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID|UNAVAILABLE|AMBIGUOUS/),
    });
    await put(registry, 'k/1', '1');
    await recorder.settlesAt({ 'k/1': '1' });
  });

  it('looks at everything now and then, and is silent when nothing differs', async () => {
    const registry = await etcd.open({ timings: { ...shortTimings, watchResyncMs: 50 } });
    const recorder = createRecorder();
    using _watch = registry.watch('k/', recorder);
    for (let i = 0; i < 20; i++) {
      await put(registry, 'k/1', String(i));
      await sleep(20);
    }
    await recorder.settlesAt({ 'k/1': '19' });
    const [snapshots, changes] = [recorder.snapshots.length, recorder.changes.length];
    await sleep(500);
    expect([recorder.snapshots.length, recorder.changes.length]).toEqual([snapshots, changes]);
    expect(recorder.connected).toEqual([true]);
  });

  it('follows a history larger than an answer of grpc-js may be by default', async () => {
    const prefix = etcd.newPrefix();
    await using relay = await startTcpRelay(etcd.server.endpoint);
    // Eight megabytes take their time on a busy machine, and the test is not about that.
    const timings = { ...shortTimings, callMs: 20_000 };
    const watcher = await etcd.open({ prefix, endpoints: [relay.endpoint], timings });
    const writer = await etcd.open({ prefix, timings });
    const recorder = createRecorder();
    using _watch = watcher.watch('k/', recorder);
    await recorder.settlesAt({});
    await eventually(() => expect(recorder.connected).toEqual([true]));
    relay.cut();
    const value = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 8; i++) await put(writer, `k/${i}`, value);
    relay.restore();
    await eventually(() => expect(recorder.state.size).toBe(8));
    expect((await watcher.list('k/')).entries).toHaveLength(8);
  });
});
