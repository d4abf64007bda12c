import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { put, useEtcd } from '../../testing/etcd-fixture.js';
import { createRecordedLog, createRecorder, eventually } from '../../testing/recorder.js';
import { startTcpRelay } from '../../testing/tcp-relay.js';

const etcd = useEtcd();

describe('a key held in etcd', () => {
  it('is lost by the time that etcd may have dropped it, and held again after the outage', async () => {
    const registry = await etcd.open();
    const log = createRecordedLog();
    const holder = await etcd.open({ log, prefix: etcd.newPrefix() });
    const held = await holder.hold('alive/n1', 'me', { ttlSeconds: 2 });
    etcd.server.freeze();
    await eventually(() => expect(held.lost()).toBe(true));
    etcd.server.thaw();
    await eventually(() => expect(held.lost()).toBe(false));
    expect((await holder.get('alive/n1'))?.value).toBe('me');
    expect(registry.status().connected).toBe(true);
  });

  it('outlives its TTL many times while its holder lives', async () => {
    const prefix = etcd.newPrefix();
    const [holder, observer] = [await etcd.open({ prefix }), await etcd.open({ prefix })];
    const recorder = createRecorder();
    using _watch = observer.watch('alive/', recorder);
    const held = await holder.hold('alive/n1', 'me', { ttlSeconds: 2 });
    await sleep(6_000);
    expect(held.lost()).toBe(false);
    expect(recorder.changes).toHaveLength(1);
    await holder[Symbol.asyncDispose]();
    await recorder.settlesAt({});
  });

  it('stays lost while another has taken it, and says so once', async () => {
    const prefix = etcd.newPrefix();
    const log = createRecordedLog();
    const [holder, other] = [await etcd.open({ prefix, log }), await etcd.open({ prefix })];
    const held = await holder.hold('alive/n1', 'me', { ttlSeconds: 2 });
    await put(other, 'alive/n1', 'other');
    await eventually(() => expect(held.lost()).toBe(true));
    await sleep(2_000);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    await held.release();
    expect((await other.get('alive/n1'))?.value).toBe('other');
  });

  it('goes by itself when its holder vanishes', async () => {
    const prefix = etcd.newPrefix();
    await using relay = await startTcpRelay(etcd.server.endpoint);
    const holder = await etcd.open({ prefix, endpoints: [relay.endpoint] });
    const observer = await etcd.open({ prefix });
    await holder.hold('alive/n1', 'me', { ttlSeconds: 2 });
    relay.cut();
    await eventually(async () => expect(await observer.get('alive/n1')).toBeUndefined());
  });
});
