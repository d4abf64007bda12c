import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AddRequest, CniServiceServer, DelRequest } from '@poplin/api';
import { describe, expect, it } from 'vitest';
import { errorOf, netConf, shimPath } from './run-shim.js';
import { delEnv, Stage } from './stage.js';

const stage = new Stage();

describe('an ADD', () => {
  it.each(['0.3.1', '0.4.0', '1.0.0', '1.1.0'])(
    'of version %s hands over everything and prints the result byte for byte',
    async (cniVersion) => {
      let request: AddRequest | undefined;
      const result = `{"cniVersion":"${cniVersion}",  "ips":[] ,"text":"ä\\u0000"}`;
      await stage.serve({
        add(call, done) {
          request = call.request;
          done(null, { result: Buffer.from(result) });
        },
      });
      const shim = stage.start({}, { cniVersion, runtimeConfig: { big: 1e300 } });
      expect(await shim.end).toEqual({ exitCode: 0, stdout: result, stderr: '' });
      const netns = statSync(stage.scene.netns, { bigint: true });
      expect(request).toEqual({
        containerId: 'c0ffee',
        netns: stage.scene.netns,
        ifname: 'eth0',
        args: 'IgnoreUnknown=1;K8S_POD_NAME=web',
        path: '/opt/cni/bin',
        config: Buffer.from(netConf(stage.socket, { cniVersion, runtimeConfig: { big: 1e300 } })),
        netnsDevice: netns.dev,
        netnsInode: netns.ino,
        callerPid: shim.pid,
        netnsFd: expect.any(Number),
      });
    },
  );

  it('holds the namespace open where the request says', async () => {
    let behind: number | undefined;
    await stage.serve({
      add({ request }, done) {
        behind = statSync(`/proc/${request.callerPid}/fd/${request.netnsFd}`).ino;
        done(null, { result: Buffer.from('{}') });
      },
    });
    expect((await stage.run()).exitCode).toBe(0);
    expect(behind).toBe(statSync(stage.scene.netns).ino);
  });

  it('holds the namespace and its socket open during the call, and nothing inherited', async () => {
    let pid = -1;
    let open: number[] = [];
    await stage.serve({
      add(_call, done) {
        const dir = `/proc/${pid}/fd`;
        open = readdirSync(dir).map((fd) => statSync(join(dir, fd)).ino);
        done(null, { result: Buffer.from('{}') });
      },
    });
    const shim = stage.start();
    pid = shim.pid;
    expect((await shim.end).exitCode).toBe(0);
    expect(open).toHaveLength(5);
    expect(open).toContain(statSync(stage.scene.netns).ino);
  });

  it('carries a configuration of almost 1 MiB and a result of 200 KiB', async () => {
    const result = JSON.stringify({ filler: 'x'.repeat(200 * 1024) });
    let received = 0;
    await stage.serve({
      add(call, done) {
        received = call.request.config.length;
        done(null, { result: Buffer.from(result) });
      },
    });
    const filler = 'y'.repeat(1024 * 1024 - 300);
    const end = await stage.run({}, { filler });
    expect(received).toBe(netConf(stage.socket, { filler }).length);
    expect(end.stdout === result).toBe(true);
  });

  it('hands on a trace context that is fit for a header', async () => {
    let metadata: unknown;
    await stage.serve({
      add(call, done) {
        metadata = call.metadata.getMap();
        done(null, { result: Buffer.from('{}') });
      },
    });
    await stage.run({ TRACEPARENT: '00-0af7-b7ad-01', TRACESTATE: 'a=ä', BAGGAGE: '' });
    expect(metadata).toMatchObject({ traceparent: '00-0af7-b7ad-01' });
    expect(metadata).not.toHaveProperty('tracestate');
    expect(metadata).not.toHaveProperty('baggage');
  });

  it("may use the shim's own namespace when CNI_NETNS_OVERRIDE says so", async () => {
    await stage.serve({ add: (_call, done) => done(null, { result: Buffer.from('{}') }) });
    const own = { CNI_NETNS: `/proc/${process.pid}/ns/net` };
    for (const CNI_NETNS_OVERRIDE of ['1', 'true', 'TRUE'])
      expect((await stage.run({ ...own, CNI_NETNS_OVERRIDE })).exitCode).toBe(0);
    expect(errorOf(await stage.run({ ...own, CNI_NETNS_OVERRIDE: '0' })).code).toBe(8);
  });

  it('succeeds sixteen times at once', async () => {
    await stage.serve({
      add: (call, done) =>
        done(null, { result: Buffer.from(`{"id":"${call.request.containerId}"}`) }),
    });
    const ids = Array.from({ length: 16 }, (_, i) => `c${i}`);
    const ends = await Promise.all(ids.map((id) => stage.run({ CNI_CONTAINERID: id })));
    expect(ends.map((end) => end.stdout)).toEqual(ids.map((id) => `{"id":"${id}"}`));
  });

  it('waits for a daemon that is just starting', async () => {
    stage.freshSocket();
    const end = stage.run();
    await pause(700);
    const add: CniServiceServer['add'] = (_call, done) =>
      done(null, { result: Buffer.from('{"late":true}') });
    await stage.serve({ add }, stage.socket);
    expect(await end).toMatchObject({ exitCode: 0, stdout: '{"late":true}' });
  });
});

describe('a DEL', () => {
  /** Runs a DEL and returns what the daemon was asked. */
  async function del(env: Readonly<Record<string, string>>): Promise<DelRequest | undefined> {
    let request: DelRequest | undefined;
    await stage.serve({
      del(call, done) {
        request = call.request;
        done(null, {});
      },
    });
    expect(await stage.run({ ...delEnv, ...env })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    return request;
  }

  it('hands over the namespace and prints nothing', async () => {
    const netns = statSync(stage.scene.netns, { bigint: true });
    expect(await del({})).toMatchObject({
      containerId: 'c0ffee',
      ifname: 'eth0',
      netns: stage.scene.netns,
      netnsDevice: netns.dev,
      netnsInode: netns.ino,
      callerPid: expect.any(Number),
      netnsFd: 3,
    });
  });

  it.each([
    ['not given', ''],
    ['gone', '/run/netns/pt-no-such'],
    ['a plain file by now', shimPath],
    ["the host's own", `/proc/${process.pid}/ns/net`],
  ])('names no namespace when it is %s', async (_what, path) => {
    expect(await del({ CNI_NETNS: path })).toMatchObject({
      netns: '',
      netnsDevice: 0n,
      netnsInode: 0n,
      callerPid: 0,
      netnsFd: 0,
    });
  });
});
