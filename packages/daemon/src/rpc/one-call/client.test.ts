import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AddRequest } from '@poplin/api';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CniFailure } from '../cni-failure.js';
import { addPath } from '../testing/http2-client.js';
import { type RpcStage, rpcStage } from '../testing/rpc-stage.js';
import { callAtOnce, encodeCall } from './client.js';
import { readOneCall } from './request.js';

let stage: RpcStage;
beforeEach(() => {
  stage = rpcStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const message = AddRequest.encode(AddRequest.create({ containerId: 'c1' })).finish();
const call = { path: addPath, message };

it('is encoded as what is read as one call, whatever its message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000, size: 'max' }), (bytes) => {
      const read = readOneCall(encodeCall({ path: addPath, message: bytes }));
      expect(read).toMatchObject({ path: addPath, stream: 1 });
      expect(read?.message.equals(bytes)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

describe('a call at once', () => {
  it('settles when it is answered', async () => {
    const seen: string[] = [];
    await stage.start({
      add: async ({ containerId }) => {
        seen.push(containerId);
        return { result: Buffer.alloc(100_000) };
      },
    });
    await callAtOnce(stage.socketPath, call);
    expect(seen).toEqual(['c1']);
  });

  it('that is refused fails with the words of the daemon', async () => {
    await stage.start({ add: () => Promise.reject(new CniFailure(11, 'try — später')) });
    await expect(callAtOnce(stage.socketPath, call)).rejects.toMatchObject({
      code: 'UNANSWERED',
      message: expect.stringContaining('try — später'),
    });
  });

  it('whose connection closes first fails', async () => {
    const path = join(stage.dir, 'deaf.sock');
    const server = createServer((socket) => socket.on('data', () => socket.end())).listen(path);
    await once(server, 'listening');
    try {
      await expect(callAtOnce(path, call)).rejects.toMatchObject({ code: 'UNANSWERED' });
    } finally {
      server.close();
    }
  });

  it('that nobody hears fails with the error of the kernel', async () => {
    await expect(callAtOnce(join(stage.dir, 'none.sock'), call)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});
