import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { AddRequest, AddResponse, CniError, ErrorInfo } from '@poplin/api';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyGone } from './call.js';
import { CniFailure } from './cni-failure.js';
import { RpcError } from './error.js';
import { addPath, bytesOf } from './testing/http2-client.js';
import { add, failure, type RpcStage, richStatus, rpcStage } from './testing/rpc-stage.js';
import { watchedHandler } from './testing/watched-handler.js';

let stage: RpcStage;
beforeEach(() => {
  stage = rpcStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

describe('a call', () => {
  it('is answered by its async handler', async () => {
    await stage.start({
      add: async ({ containerId }) => ({ result: Buffer.from(`hello ${containerId}`) }),
    });
    expect(Buffer.from((await add(stage.connect())).result).toString()).toBe('hello c1');
  });

  it('tells status, reason, remedy and domain of the error that its handler throws', async () => {
    await stage.start({
      add: async () => {
        throw new RpcError('INVALID_REQUEST', 'no such interface', { remedy: 'Name another' });
      },
    });
    const error = await failure(add(stage.connect()));
    expect(error).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'no such interface. Name another',
    });
    const rich = richStatus(error);
    expect(rich).toMatchObject({ code: status.INVALID_ARGUMENT, message: error.details });
    expect(rich.details.map(({ typeUrl }) => typeUrl)).toEqual([
      'type.googleapis.com/google.rpc.ErrorInfo',
    ]);
    expect(ErrorInfo.decode(rich.details[0]?.value ?? new Uint8Array())).toEqual({
      reason: 'INVALID_REQUEST',
      domain: 'poplin.dev',
      metadata: { retryable: 'false', remedy: 'Name another' },
    });
  });

  it('carries a CniError for a CNI failure, and the code of its cause', async () => {
    const cause = new RpcError('CANCELLED', 'gone', { retryable: true });
    await stage.start({
      add: async () => {
        throw new CniFailure(11, 'try again later', { details: 'GONE', cause });
      },
    });
    const rich = richStatus(await failure(add(stage.connect())));
    expect(ErrorInfo.decode(rich.details[0]?.value ?? new Uint8Array())).toMatchObject({
      reason: 'CANCELLED',
      metadata: { retryable: 'true' },
    });
    expect(rich.details[1]?.typeUrl).toBe('type.googleapis.com/poplin.cni.v1.CniError');
    expect(CniError.decode(rich.details[1]?.value ?? new Uint8Array())).toEqual({
      code: 11,
      msg: 'try again later',
      details: 'GONE',
    });
  });

  it('arrives with its error even when the message is longer than headers may be', async () => {
    await stage.start({
      add: async () => {
        const remedy = 'r'.repeat(100_000);
        const details = 'd'.repeat(100_000);
        throw new CniFailure(102, 'x€'.repeat(100_000), {
          code: 'POOL_EXHAUSTED',
          remedy,
          details,
        });
      },
    });
    const error = await failure(add(stage.connect()));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error.details).toMatch(/^(x€){300,}x?…$/);
    expect(richStatus(error).details).toHaveLength(2);
  });

  it('is INTERNAL, and logged with the error, when its handler has a defect', async () => {
    const logged: Readonly<Record<string, unknown>>[] = [];
    const defect = new TypeError('x is undefined');
    const log = {
      ...silentLog,
      error: (facts: Readonly<Record<string, unknown>>) => void logged.push(facts),
    };
    await stage.start({ add: () => Promise.reject(defect) }, { log });
    expect(await failure(add(stage.connect()))).toMatchObject({ code: status.INTERNAL });
    expect(logged).toEqual([{ method: '/poplin.cni.v1.CniService/Add', error: defect }]);
  });

  it('is refused by its check before the handler sees it', async () => {
    let handled = 0;
    await stage.start({
      add: {
        check: ({ containerId }) => {
          if (containerId === '') throw new RpcError('INVALID_REQUEST', 'container_id is missing');
        },
        handle: async () => {
          handled++;
          return AddResponse.create();
        },
      },
    });
    const client = stage.connect();
    expect(await failure(add(client, ''))).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(handled).toBe(0);
    await add(client);
    expect(handled).toBe(1);
  });

  it('tells its handler when the caller goes away', async () => {
    const { started, aborted } = watchedHandler();
    await stage.start({ add: aborted.handler });
    const call = stage.connect().add(AddRequest.create({}), () => {});
    expect((await started).deadline).toBeUndefined();
    call.cancel();
    expect(await aborted.reason).toMatchObject({ code: 'CANCELLED', retryable: true });
  });

  it('tells its handler the deadline, and when it passes', async () => {
    const { started, aborted } = watchedHandler();
    await stage.start({ add: aborted.handler });
    // In pieces, which is a session's; by a caller that does not look at the clock, and so is not the first to go.
    const bytes = await bytesOf({ path: addPath, headers: { 'grpc-timeout': '300m' } });
    const socket = connect({ path: stage.socketPath });
    socket.write(bytes.subarray(0, 30));
    await sleep(20);
    socket.write(bytes.subarray(30));
    expect((await started).deadline).toBeInstanceOf(Date);
    expect(await aborted.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    socket.destroy();
  });

  it('is late, not cancelled, when its caller goes a moment before the deadline', () => {
    expect(whyGone('/x', 5)).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(whyGone('/x', 6)).toMatchObject({ code: 'CANCELLED' });
    expect(whyGone('/x', Number.POSITIVE_INFINITY)).toMatchObject({ code: 'CANCELLED' });
  });
});
