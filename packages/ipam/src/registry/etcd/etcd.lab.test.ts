import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { put, shortTimings, useEtcd } from '../../testing/etcd-fixture.js';
import { createRecordedLog, createRecorder, eventually } from '../../testing/recorder.js';
import { startTcpRelay } from '../../testing/tcp-relay.js';
import { describeRegistryContract } from '../contract.js';

const etcd = useEtcd();

describeRegistryContract('the etcd registry', {
  // Hundreds of calls at once on a busy machine: none is to be given up.
  open: () => etcd.open({ timings: { ...shortTimings, callMs: 20_000 } }),
  close: async (registry) => registry[Symbol.asyncDispose](),
});

describe('a commit to etcd', () => {
  it('that cannot be sent is UNAVAILABLE', async () => {
    const registry = await etcd.open();
    await etcd.server.kill();
    try {
      await eventually(async () => {
        const error: unknown = await put(registry, 'a', '1').catch((e: unknown) => e);
        expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      });
    } finally {
      await etcd.server.start();
    }
    await eventually(() => put(registry, 'b', '1'));
    expect(await registry.get('a')).toBeUndefined();
  });

  it('whose answer is lost is AMBIGUOUS, and is never sent again', async () => {
    const prefix = etcd.newPrefix();
    await using relay = await startTcpRelay(etcd.server.endpoint);
    const registry = await etcd.open({ prefix, endpoints: [relay.endpoint, relay.endpoint] });
    await put(registry, 'warm', '1');
    relay.swallowAnswers();
    const commit = put(registry, 'a', 'token');
    await expect(commit).rejects.toMatchObject({ code: 'AMBIGUOUS', retryable: true });
    relay.restore();
    const entry = await eventually(() => registry.get('a'));
    expect(entry?.value).toBe('token');
    expect(entry?.createRevision).toBe(entry?.modRevision);
  });

  it('that its caller gives up on its way is AMBIGUOUS', async () => {
    await using relay = await startTcpRelay(etcd.server.endpoint);
    const registry = await etcd.open({ endpoints: [relay.endpoint] });
    relay.swallowAnswers();
    const signal = AbortSignal.timeout(100);
    const commit = registry.commit({ when: [], do: [{ put: 'a', value: '1' }] }, { signal });
    await expect(commit).rejects.toMatchObject({ code: 'AMBIGUOUS' });
  });
});

describe('an etcd registry with several endpoints', () => {
  it('uses the next when one is dead', async () => {
    const registry = await etcd.open({ endpoints: ['127.0.0.1:1', etcd.server.endpoint] });
    expect(await put(registry, 'a', '1')).toMatchObject({ committed: true });
    const recorder = createRecorder();
    using _watch = registry.watch('', recorder);
    await recorder.settlesAt({ a: '1' });
  });
});

describe('opening a registry in etcd', () => {
  it('waits for an etcd that is down, and says so once', async () => {
    const log = createRecordedLog();
    await etcd.server.kill();
    const opening = etcd.open({ log });
    try {
      await eventually(() => expect(log.lines).toHaveLength(1));
      await sleep(1_000);
    } finally {
      await etcd.server.start();
    }
    await opening;
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'etcd does not answer; waiting for it'],
      ['info', 'etcd answers'],
    ]);
  });

  it('says it again while it waits on', async () => {
    const log = createRecordedLog();
    const stop = new AbortController();
    const options = { endpoints: ['127.0.0.1:1'], log, signal: stop.signal };
    const opening = etcd.open({ ...options, timings: { ...shortTimings, remindMs: 300 } });
    await eventually(() => expect(log.lines.length).toBeGreaterThan(2));
    stop.abort();
    await expect(opening).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
