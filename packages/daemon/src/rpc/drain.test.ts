import { existsSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import { DelRequest } from '@poplin/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { heldHandler } from './testing/held-handler.js';
import { add, failure, type RpcStage, rpcStage, stop } from './testing/rpc-stage.js';
import { watchedHandler } from './testing/watched-handler.js';

let stage: RpcStage;
beforeEach(() => {
  stage = rpcStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('draining', () => {
  it('lets a running call finish and takes no new one', async () => {
    const { begun, handler, finish } = heldHandler();
    const server = await stage.start({ add: handler });
    const answer = add(stage.connect());
    await begun;
    const drained = server.drain(60_000);
    expect(server.drain(0)).toBe(drained);
    await vi.waitUntil(() => !existsSync(stage.socketPath), 10_000);
    const late = stage.connect({ 'grpc.use_local_subchannel_pool': 1 });
    expect(await failure(add(late))).toMatchObject({ code: status.UNAVAILABLE });
    finish();
    expect(Buffer.from((await answer).result).toString()).toBe('done');
    await drained;
  });

  it('cancels a call that takes longer than the limit', async () => {
    const { started, aborted } = watchedHandler();
    const server = await stage.start({ add: aborted.handler });
    const refused = failure(add(stage.connect()));
    await started;
    await server.drain(50);
    expect(await aborted.reason).toMatchObject({ code: 'CANCELLED' });
    expect((await refused).code).toBeOneOf([status.CANCELLED, status.UNAVAILABLE]);
  });

  it('makes room for the next server on the path', async () => {
    await stop(await stage.start());
    await stage.start({ del: async () => ({}) });
    const client = stage.connect();
    await new Promise<void>((resolve, reject) => {
      client.del(DelRequest.create({}), (error) => (error ? reject(error) : resolve()));
    });
  });
});
