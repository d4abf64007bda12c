import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorOf, netConf } from './run-shim.js';
import { checkEnv, delEnv, nodeEnv, Stage } from './stage.js';
import { answer, framed, refusal, serveHttp2 } from './stand-in.js';

const stage = new Stage();
const done = { exitCode: 0, stdout: '', stderr: '' };

describe('a CHECK', () => {
  it('hands over everything and prints nothing', async () => {
    const config = { cniVersion: '0.4.0', prevResult: { ips: [] } };
    let request: unknown;
    await stage.serve({
      check(call, reply) {
        request = call.request;
        reply(null, {});
      },
    });
    const shim = stage.start(checkEnv, config);
    expect(await shim.end).toEqual(done);
    const netns = statSync(stage.scene.netns, { bigint: true });
    expect(request).toEqual({
      containerId: 'c0ffee',
      netns: stage.scene.netns,
      ifname: 'eth0',
      args: 'IgnoreUnknown=1;K8S_POD_NAME=web',
      path: '/opt/cni/bin',
      config: Buffer.from(netConf(stage.socket, config)),
      netnsDevice: netns.dev,
      netnsInode: netns.ino,
      callerPid: shim.pid,
      netnsFd: 3,
    });
  });

  it('may be about a container in the namespace of the host', async () => {
    await stage.serve({ check: (_call, reply) => reply(null, {}) });
    const end = await stage.run({ ...checkEnv, CNI_NETNS: `/proc/${process.pid}/ns/net` });
    expect(end).toEqual(done);
  });

  it('of a namespace that is gone is refused', async () => {
    stage.freshSocket();
    const end = await stage.run({ ...checkEnv, CNI_NETNS: '/run/netns/pt-no-such' });
    expect(errorOf(end).code).toBe(4);
  });

  it('without a daemon leads to code 11', async () => {
    stage.freshSocket();
    const error = errorOf(await stage.run(checkEnv));
    expect(error).toMatchObject({ code: 11, msg: expect.stringContaining(stage.socket) });
    expect(readdirSync(stage.runDir)).toEqual([]);
  });
});

describe('a GC', () => {
  it.each([
    ['as libcni leaves them', nodeEnv('GC')],
    ['that only other commands need', { ...nodeEnv('GC'), CNI_CONTAINERID: '/', CNI_ARGS: 'x=1' }],
  ])('hands over the path and the configuration, with variables %s', async (_what, env) => {
    const config = { cniVersion: '1.1.0', 'cni.dev/valid-attachments': [] };
    let request: unknown;
    await stage.serve({
      gc(call, reply) {
        request = call.request;
        reply(null, {});
      },
    });
    expect(await stage.run(env, config)).toEqual(done);
    expect(request).toEqual({
      path: '/opt/cni/bin',
      config: Buffer.from(netConf(stage.socket, config)),
    });
  });

  it('without a daemon leads to code 11', async () => {
    stage.freshSocket();
    const error = errorOf(await stage.run(nodeEnv('GC'), { cniVersion: '1.1.0' }));
    expect(error).toMatchObject({ code: 11, msg: expect.stringContaining(stage.socket) });
  });
});

describe('a STATUS', () => {
  it('hands over the configuration alone and prints nothing', async () => {
    let request: unknown;
    await stage.serve({
      status(call, reply) {
        request = call.request;
        reply(null, {});
      },
    });
    const end = await stage.run(nodeEnv('STATUS'), { cniVersion: '1.1.0' });
    expect(end).toEqual(done);
    expect(request).toEqual({
      config: Buffer.from(netConf(stage.socket, { cniVersion: '1.1.0' })),
    });
  });
});

describe('an answer without a result', () => {
  const commands = [delEnv, checkEnv, nodeEnv('STATUS'), nodeEnv('GC')];

  it.each(commands)('may hold fields of a later version: $CNI_COMMAND', async (env) => {
    stage.standIn = await serveHttp2(stage.freshSocket(), (stream) =>
      answer(stream, framed(Buffer.from('7a03616263', 'hex')), { 'grpc-status': '0' }),
    );
    expect(await stage.run(env, { cniVersion: '1.1.0' })).toEqual(done);
  });
});

describe('a refusal by the daemon', () => {
  const commands: readonly [number, Readonly<Record<string, string>>][] = [
    [107, checkEnv],
    [3, checkEnv],
    [50, nodeEnv('STATUS')],
    [51, nodeEnv('STATUS')],
    [11, nodeEnv('STATUS')],
    [110, nodeEnv('GC')],
    [11, nodeEnv('GC')],
  ];

  it.each(commands)('with code %i is passed on as it is: %j', async (code, env) => {
    const error = { code, msg: 'route 10.1.0.0/16 is gone', details: 'in table 254' };
    const refuse = (_call: unknown, reply: (error: ReturnType<typeof refusal>) => void) =>
      reply(refusal(error));
    await stage.serve({ check: refuse, status: refuse, gc: refuse });
    expect(errorOf(await stage.run(env, { cniVersion: '1.1.0' }))).toEqual({
      cniVersion: '1.1.0',
      ...error,
    });
  });

  it('without details names the command, and the container only where there is one', async () => {
    await stage.serve();
    const check = errorOf(await stage.run(checkEnv));
    expect(check.msg).toContain('refused CHECK of container c0ffee, interface eth0 (gRPC');
    const gc = errorOf(await stage.run(nodeEnv('GC'), { cniVersion: '1.1.0' }));
    expect(gc.msg).toContain('refused GC (gRPC');
  });
});

describe('the configuration', () => {
  it.each([
    ['CHECK', '0.3.1', '0.4.0'],
    ['GC', '1.0.0', '1.1.0'],
    ['STATUS', '1.0.0', '1.1.0'],
    ['STATUS', '0.3.1', '1.1.0'],
  ])('of a %s must not be of version %s', async (command, cniVersion, since) => {
    stage.freshSocket();
    const error = errorOf(await stage.run({ CNI_COMMAND: command }, { cniVersion }));
    expect(error).toEqual({
      cniVersion,
      code: 1,
      msg: `the network configuration is of CNI version ${cniVersion}, which has no ${command}: it came with ${since}`,
      details: `config is "${cniVersion}", plugin supports 0.3.1, 0.4.0, 1.0.0, 1.1.0`,
    });
  });

  it.each([checkEnv, nodeEnv('STATUS'), nodeEnv('GC')])(
    'is refused without a call when it is bad: $CNI_COMMAND',
    async (env) => {
      await stage.serve();
      const bad = { cniVersion: '1.1.0', name: '/' };
      expect(errorOf(await stage.run(env, bad))).toMatchObject({ code: 7 });
    },
  );
});

describe('the time that the daemon is told to have', () => {
  it.each([
    ['ADD', {}, 30_000],
    ['DEL', delEnv, 10_000],
    ['CHECK', checkEnv, 10_000],
    ['STATUS', nodeEnv('STATUS'), 950],
    ['GC', nodeEnv('GC'), 60_000],
  ])('for %s is that of its command', async (_command, env, total) => {
    let told = '';
    stage.standIn = await serveHttp2(stage.freshSocket(), (stream, headers) => {
      told = String(headers['grpc-timeout']);
      answer(stream, Buffer.alloc(0), { 'grpc-status': '5' });
    });
    await stage.run(env, { cniVersion: '1.1.0' });
    // The rest went into reading the configuration.
    expect(told).toMatch(/^\d+m$/);
    expect(Number.parseInt(told, 10)).toBeLessThanOrEqual(total);
    expect(Number.parseInt(told, 10)).toBeGreaterThan(total - 900);
  });
});
