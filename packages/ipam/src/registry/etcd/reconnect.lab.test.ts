import { describe, expect, it } from 'vitest';
import { put, useEtcd } from '../../testing/etcd-fixture.js';
import { createRecorder, eventually } from '../../testing/recorder.js';
import { startTcpRelay } from '../../testing/tcp-relay.js';

const etcd = useEtcd();

/** So long that nothing but `reconnect` can be what helped. */
const patient = { callMs: 600_000, pingMs: 600_000, watchIdleMs: 600_000, watchAnswerMs: 600_000 };

describe('an etcd registry whose connections hang', () => {
  it('goes on by new ones as soon as it is told: reads that wait, watches, held keys', async () => {
    const prefix = etcd.newPrefix();
    await using relay = await startTcpRelay(etcd.server.endpoint);
    const other = await etcd.open({ prefix });
    const registry = await etcd.open({ prefix, endpoints: [relay.endpoint], timings: patient });
    const recorder = createRecorder();
    using _watch = registry.watch('', recorder);
    const held = await registry.hold('held', '1', { ttlSeconds: 60 });
    await put(other, 'a', '1');
    await eventually(async () => expect(recorder.state.get('a')).toBe('1'));
    const before = relay.made;
    relay.strand();
    await put(other, 'a', '2');
    const waiting = registry.get('a');
    expect(recorder.state.get('a')).toBe('1');

    registry.reconnect();
    expect((await waiting)?.value).toBe('2');
    await eventually(async () => expect(recorder.state.get('a')).toBe('2'));
    await held.update('2');
    expect((await other.get('held'))?.value).toBe('2');
    expect(relay.made).toBe(before + 1);
    expect(registry.status().connected).toBe(true);
  });

  it('does not know of a commit on its way whether it was applied', async () => {
    await using relay = await startTcpRelay(etcd.server.endpoint);
    const registry = await etcd.open({ endpoints: [relay.endpoint], timings: patient });
    relay.strand();
    const commit = put(registry, 'a', '1');
    const settled = expect(commit).rejects.toMatchObject({ code: 'AMBIGUOUS', retryable: true });
    registry.reconnect();
    await settled;
    expect(await put(registry, 'a', '2')).toMatchObject({ committed: true });
  });

  it('is none the worse when nothing was wrong', async () => {
    const registry = await etcd.open({ timings: patient });
    const recorder = createRecorder();
    using _watch = registry.watch('', recorder);
    for (let round = 0; round < 20; round++) {
      const [, entry] = await Promise.all([
        put(registry, 'a', `${round}`).catch(() => {}),
        registry.get('a'),
        registry.reconnect(),
      ]);
      expect(entry === undefined || Number(entry.value) <= round).toBe(true);
    }
    await put(registry, 'a', 'last');
    await eventually(async () => expect(recorder.state.get('a')).toBe('last'));
  });
});
