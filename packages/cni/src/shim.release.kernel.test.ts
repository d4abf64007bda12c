import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type CniServiceServer, DelResponse } from '@poplin/api';
import { describe, expect, it } from 'vitest';
import { netConf } from './run-shim.js';
import { delEnv, Stage } from './stage.js';
import { answer, framed, refusal, serveBytes, serveHttp2 } from './stand-in.js';

const stage = new Stage();
const done = { exitCode: 0, stdout: '', stderr: '' };

const refuse =
  (code: status): CniServiceServer['del'] =>
  (_call, reply) =>
    reply({ code, details: 'not now' });

/** A refusal whose details carry a CNI error of this code. */
const refuseWith =
  (code: number): CniServiceServer['del'] =>
  (_call, reply) =>
    reply(refusal({ code, msg: 'the registry is away' }));

describe('a DEL without a daemon', () => {
  it('succeeds and leaves its request as a tombstone, without what ends with the process', async () => {
    stage.freshSocket();
    const before = BigInt(Date.now()) * 1_000_000n;
    const shim = stage.start(delEnv);
    expect(await shim.end).toEqual(done);
    const netns = statSync(stage.scene.netns, { bigint: true });
    expect(stage.tombstones()).toEqual([
      {
        containerId: 'c0ffee',
        netns: stage.scene.netns,
        ifname: 'eth0',
        args: 'IgnoreUnknown=1;K8S_POD_NAME=web',
        path: '/opt/cni/bin',
        config: Buffer.from(netConf(stage.socket)),
        netnsDevice: netns.dev,
        netnsInode: netns.ino,
        callerPid: 0,
        netnsFd: 0,
      },
    ]);
    const [name = ''] = stage.tombstoneNames();
    expect(name).toMatch(new RegExp(`^\\d{20}-${shim.pid}\\.del$`));
    expect(BigInt(name.slice(0, 20))).toBeGreaterThanOrEqual(before);
    expect(statSync(join(stage.runDir, 'del')).mode & 0o777).toBe(0o700);
    expect(statSync(join(stage.runDir, 'del', name)).mode & 0o777).toBe(0o600);
  });

  it('leaves tombstones whose names are in the order of time', async () => {
    stage.freshSocket();
    for (const CNI_CONTAINERID of ['z', 'a', 'm']) await stage.run({ ...delEnv, CNI_CONTAINERID });
    expect(stage.tombstones().map((stone) => stone.containerId)).toEqual(['z', 'a', 'm']);
  });

  it('leaves one tombstone each when sixteen end at once', async () => {
    stage.freshSocket();
    const ids = Array.from({ length: 16 }, (_, i) => `c${i}`);
    await Promise.all(ids.map((id) => stage.run({ ...delEnv, CNI_CONTAINERID: id })));
    const left = stage.tombstones().map((stone) => stone.containerId);
    expect(left.sort()).toEqual(ids.sort());
  });

  it('makes the directory of the socket when the host has just started', async () => {
    stage.freshSocket();
    rmSync(stage.runDir, { recursive: true });
    expect(await stage.run(delEnv)).toEqual(done);
    expect(stage.tombstones()).toHaveLength(1);
  });

  it('waits a moment for one that restarts, and then leaves nothing', async () => {
    stage.freshSocket();
    const end = stage.run(delEnv);
    await pause(300);
    await stage.serve({ del: (_call, reply) => reply(null, {}) }, stage.socket);
    expect(await end).toEqual(done);
    expect(readdirSync(stage.runDir)).toEqual([basename(stage.socket)]);
  });
});

/** A server that drops this many connections before it serves DEL, as a daemon that restarts does. */
async function serveAfter(drops: number, trailers: Readonly<Record<string, string>>) {
  let calls = 0;
  const seen: string[][] = [];
  stage.standIn = await serveHttp2(stage.freshSocket(), (stream) => {
    const names = calls === 0 ? [] : stage.tombstoneNames();
    seen.push(names);
    if (calls++ < drops) return void stream.session?.destroy();
    answer(stream, framed(DelResponse.encode({}).finish()), trailers);
  });
  return seen;
}

describe('a daemon that comes back while the tombstone is written', () => {
  it('is asked once more, and the tombstone is taken back when it is done', async () => {
    const seen = await serveAfter(1, { 'grpc-status': '0' });
    expect(await stage.run(delEnv)).toEqual(done);
    expect(seen.map((names) => names.length)).toEqual([0, 1]);
    expect(stage.tombstoneNames()).toEqual([]);
  });

  it('is asked no third time: the tombstone stays', async () => {
    const seen = await serveAfter(9, {});
    expect(await stage.run(delEnv)).toEqual(done);
    expect(seen).toHaveLength(2);
    expect(stage.tombstones()).toMatchObject([{ containerId: 'c0ffee' }]);
  });

  it('may refuse for good: the tombstone goes and standard error tells', async () => {
    await serveAfter(1, { 'grpc-status': '13', 'grpc-message': 'broken' });
    const end = await stage.run(delEnv);
    expect(end).toMatchObject({ exitCode: 0, stdout: '' });
    expect(end.stderr).toContain('broken');
    expect(stage.tombstoneNames()).toEqual([]);
  });

  it('may have worked the tombstone off itself', async () => {
    const names: string[] = [];
    stage.standIn = await serveHttp2(stage.freshSocket(), (stream) => {
      if (names.length === 0) {
        names.push('first');
        return void stream.session?.destroy();
      }
      for (const name of stage.tombstoneNames()) rmSync(join(stage.runDir, 'del', name));
      answer(stream, framed(DelResponse.encode({}).finish()), { 'grpc-status': '0' });
    });
    expect(await stage.run(delEnv)).toEqual(done);
  });
});

describe('a daemon that fails a DEL', () => {
  it.each([
    ['is UNAVAILABLE', refuse(status.UNAVAILABLE)],
    ['is DEADLINE_EXCEEDED', refuse(status.DEADLINE_EXCEEDED)],
    ['is CANCELLED', refuse(status.CANCELLED)],
    ['carries CNI code 11', refuseWith(11)],
  ])('for a while leads to a tombstone: its status %s', async (_what, del) => {
    await stage.serve({ del });
    expect(await stage.run(delEnv)).toEqual(done);
    expect(stage.tombstones()).toMatchObject([{ containerId: 'c0ffee', callerPid: 0 }]);
  });

  it.each([
    ['is INTERNAL', refuse(status.INTERNAL), 'not now'],
    ['carries CNI code 999', refuseWith(999), 'the registry is away'],
  ])('for good is told on standard error only: its status %s', async (_what, del, why) => {
    await stage.serve({ del });
    const end = await stage.run(delEnv);
    expect(end).toMatchObject({ exitCode: 0, stdout: '' });
    expect(end.stderr).toMatch(/^poplin: DEL of container c0ffee, interface eth0: .*\n$/);
    expect(end.stderr).toContain(why);
    expect(readdirSync(stage.runDir)).toEqual([basename(stage.socket)]);
  });

  it('because something else listens there leads to a tombstone', async () => {
    stage.standIn = await serveBytes(stage.freshSocket(), 'HTTP/1.1 400 no\r\n\r\n', false);
    expect(await stage.run(delEnv)).toEqual(done);
    expect(stage.tombstones()).toHaveLength(1);
  });

  it('because the runtime stops the shim leads to a tombstone', async () => {
    let arrived: () => void = () => {};
    const call = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await stage.serve({ del: () => arrived() });
    const shim = stage.start(delEnv);
    await call;
    shim.kill('SIGTERM');
    expect(await shim.end).toEqual(done);
    expect(stage.tombstones()).toHaveLength(1);
  });
});
