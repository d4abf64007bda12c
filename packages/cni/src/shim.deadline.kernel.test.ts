import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DelRequest } from '@poplin/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, runShimInRoot, type ShimEnd } from './run-shim.js';
import { checkEnv, delEnv, nodeEnv, Stage } from './stage.js';
import { cancelled, type StandIn, serveHttp2 } from './stand-in.js';

const stage = new Stage();

/** How a call ended at the daemon: the HTTP/2 error code, by the name of the method. */
const ends = new Map<string, Promise<number>>();
let silence: StandIn;

beforeAll(async () => {
  silence = await serveHttp2(stage.freshSocket(), (stream, headers) => {
    const method = String(headers[':path']).replace(/.*\//, '');
    ends.set(method, new Promise((resolve) => stream.on('close', () => resolve(stream.rstCode))));
  });
});
afterAll(() => silence.stop());

/** Runs a command that is never answered; fails unless it ended by itself and the daemon was told. */
async function outlive(method: string, env: Readonly<Record<string, string>>): Promise<ShimEnd> {
  const shim = stage.start(env, { cniVersion: '1.1.0' });
  const end = await Promise.race([shim.end, pause(50_000, undefined, { ref: false })]);
  if (end === undefined) {
    shim.kill('SIGKILL');
    throw new Error(`${method} had no deadline`);
  }
  expect(await ends.get(method)).toBe(cancelled);
  return end;
}

// Side by side: they wait for the longest of them, which is the ADD with its 30 s.
describe.concurrent('a configuration that never ends', () => {
  it('does not keep a DEL from leaving a tombstone', async () => {
    const root = join(stage.scene.dir, 'root');
    mkdirSync(join(root, 'run'), { recursive: true });
    const env = { CNI_COMMAND: 'DEL', CNI_CONTAINERID: 'c0ffee', CNI_IFNAME: 'eth0' };
    const end = await runShimInRoot(root, env, { silent: true });
    expect(end).toMatchObject({ exitCode: 0, stdout: '' });
    expect(end.stderr).toContain('did not end in time');
    const dir = join(root, 'run', 'poplin', 'del');
    const stones = readdirSync(dir).map((name) => DelRequest.decode(readFileSync(join(dir, name))));
    expect(stones).toMatchObject([
      { containerId: 'c0ffee', ifname: 'eth0', config: Buffer.alloc(0) },
    ]);
  });
});

describe.concurrent('a call that is never answered is cancelled', () => {
  it('and an ADD ends in code 11 after 30 s', async () => {
    const error = errorOf(await outlive('Add', {}));
    expect(error).toMatchObject({ code: 11, msg: expect.stringContaining('within 30 s') });
  });

  it('and a DEL ends in a tombstone', async () => {
    expect(await outlive('Del', delEnv)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(stage.tombstones()).toMatchObject([{ containerId: 'c0ffee', callerPid: 0 }]);
  });

  it('and a CHECK ends in code 11 after 10 s', async () => {
    const error = errorOf(await outlive('Check', checkEnv));
    expect(error).toMatchObject({ code: 11, msg: expect.stringContaining('within 10 s') });
  });

  it('and a STATUS ends in code 50', async () => {
    const error = errorOf(await outlive('Status', nodeEnv('STATUS')));
    expect(error).toMatchObject({ code: 50, msg: expect.stringContaining('within a second') });
  });
});
