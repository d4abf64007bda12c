import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { add, type RpcStage, rpcStage, stop } from './testing/rpc-stage.js';

let stage: RpcStage;
beforeEach(() => {
  stage = rpcStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('the socket', () => {
  it('is for its owner only, in a directory that others cannot enter', async () => {
    await stage.start();
    expect(statSync(stage.socketPath).mode & 0o777).toBe(0o600);
    expect(statSync(join(stage.dir, 'run')).mode & 0o777).toBe(0o750);
  });

  it('is gone after draining, and the lock after release', async () => {
    const server = await stage.start();
    expect(readdirSync(join(stage.dir, 'run'))).toHaveLength(2);
    await server.drain(1000);
    expect(readdirSync(join(stage.dir, 'run'))).toEqual([
      expect.stringMatching(/^poplin\.sock\.lock\./),
    ]);
    await expect(stage.start()).rejects.toMatchObject({ code: 'SOCKET_IN_USE' });
    await server.socket.release();
    await server.socket.release();
    expect(readdirSync(join(stage.dir, 'run'))).toEqual([]);
  });

  it('goes to one of two servers that start at once', async () => {
    const results = await Promise.allSettled([stage.start(), stage.start()]);
    const refusals = results.filter((result) => result.status === 'rejected');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.reason).toMatchObject({
      code: 'SOCKET_IN_USE',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await add(stage.connect());
  });

  it('is taken over from a daemon that was killed', async () => {
    await leaveStaleSocket();
    await stage.start();
    await add(stage.connect());
    expect(statSync(stage.socketPath).mode & 0o777).toBe(0o600);
  });

  it('is not taken from somebody who listens without a lock', async () => {
    await stop(await stage.start());
    const other = createServer();
    other.listen(stage.socketPath);
    await once(other, 'listening');
    try {
      await expect(stage.start()).rejects.toMatchObject({
        code: 'SOCKET_IN_USE',
        message: `socket ${stage.socketPath} is in use by another live daemon`,
      });
      expect(readdirSync(join(stage.dir, 'run'))).toEqual(['poplin.sock']);
    } finally {
      other.close();
    }
  });

  it('does not replace a file that is no socket', async () => {
    await stop(await stage.start());
    writeFileSync(stage.socketPath, 'precious');
    await expect(stage.start()).rejects.toMatchObject({ code: 'SOCKET_UNUSABLE' });
    expect(statSync(stage.socketPath).size).toBe(8);
  });

  it('is refused by name when its path is longer than the kernel takes', async () => {
    const path = join(stage.dir, 'x'.repeat(108));
    await expect(stage.start({}, { path })).rejects.toMatchObject({
      code: 'SOCKET_UNUSABLE',
      message: expect.stringContaining('103 is the most'),
    });
  });

  it('is refused when its directory cannot be made', async () => {
    writeFileSync(join(stage.dir, 'file'), '');
    const path = join(stage.dir, 'file', 'poplin.sock');
    await expect(stage.start({}, { path })).rejects.toMatchObject({ code: 'SOCKET_UNUSABLE' });
  });

  it('stays when another one has its name by now', async () => {
    const server = await stage.start();
    rmSync(stage.socketPath);
    writeFileSync(stage.socketPath, '');
    await server.drain(0);
    expect(existsSync(stage.socketPath)).toBe(true);
  });
});

/** A socket file where nobody listens, as `kill -9` leaves it. */
async function leaveStaleSocket(): Promise<void> {
  await stop(await stage.start());
  const hidden = `${stage.socketPath}.moved`;
  const other = createServer();
  other.listen(stage.socketPath);
  await once(other, 'listening');
  // Node deletes the file by name when the server closes, so it is moved out of the way and back.
  renameSync(stage.socketPath, hidden);
  other.close();
  await once(other, 'close');
  renameSync(hidden, stage.socketPath);
  chmodSync(stage.socketPath, 0o755);
}
