import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { AddRequest, AddResponse } from '@poplin/api';
import { silentLog } from '@poplin/net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CniFailure } from '../cni-failure.js';
import { RpcError } from '../error.js';
import { heldHandler } from '../testing/held-handler.js';
import { addPath, bytesOf, type ClientAnswer, callAtOnce } from '../testing/http2-client.js';
import { add, failure, type RpcStage, rpcStage } from '../testing/rpc-stage.js';
import { watchedHandler } from '../testing/watched-handler.js';

let stage: RpcStage;
beforeEach(() => {
  stage = rpcStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const message = AddRequest.encode(AddRequest.create({ containerId: 'c1' })).finish();
const call = { path: addPath, message };

/** An Add in one piece; waits until the daemon closes the connection, which it does not do with a session of grpc-js. */
async function addAtOnce(headers: Readonly<Record<string, string>> = {}): Promise<ClientAnswer> {
  const { answer, closed } = await callAtOnce(stage.socketPath, { ...call, headers });
  const all = await answer;
  await closed;
  return all;
}

const resultOf = ({ body }: ClientAnswer) => AddResponse.decode(body.subarray(5)).result;

describe('a call that comes in one piece', () => {
  it('is answered, and its connection closed', async () => {
    await stage.start({
      add: async ({ containerId }) => ({ result: Buffer.from(`hello ${containerId}`) }),
    });
    const { headers, trailers, body } = await addAtOnce();
    expect(headers).toMatchObject({ ':status': 200, 'content-type': 'application/grpc' });
    expect(trailers).toMatchObject({ 'grpc-status': '0' });
    expect(body.readUInt32BE(1)).toBe(body.length - 5);
    expect(AddResponse.decode(body.subarray(5)).result.toString()).toBe('hello c1');
  });

  it('is answered the same when it comes a while after its connection', async () => {
    await stage.start({ add: async () => ({ result: Buffer.from('hello') }) });
    const bytes = await bytesOf(call);
    const socket = connect({ path: stage.socketPath });
    await once(socket, 'connect');
    await sleep(20);
    socket.write(bytes);
    const heard: Buffer[] = [];
    for await (const part of socket) heard.push(part as Buffer);
    expect(Buffer.concat(heard).includes('hello')).toBe(true);
  });

  it('may have an answer of megabytes', async () => {
    const result = Buffer.alloc(4_000_000, 'r');
    await stage.start({ add: async () => ({ result }) });
    expect(resultOf(await addAtOnce()).equals(result)).toBe(true);
  });

  it.each([
    [
      'a refusal',
      new RpcError('INVALID_REQUEST', 'no such interface 100 %', { remedy: 'Name another' }),
    ],
    ['a CNI failure', new CniFailure(11, 'wait — später', { details: 'GONE' })],
    ['a defect', new TypeError('x is undefined')],
    [
      'more than headers hold',
      new CniFailure(102, 'x€'.repeat(9000), { details: 'd'.repeat(9000) }),
    ],
    ['half a character', new RpcError('INVALID_REQUEST', 'half \uD83D')],
  ])('fails as it would by grpc-js: %s', async (_what, error) => {
    await stage.start({ add: () => Promise.reject(error) });
    const expected = await failure(add(stage.connect()));
    const { headers, body } = await addAtOnce();
    expect(body).toHaveLength(0);
    expect(headers['grpc-status']).toBe(String(expected.code));
    expect(decodeURI(String(headers['grpc-message']))).toBe(expected.details);
    const details = Buffer.from(String(headers['grpc-status-details-bin']), 'base64');
    expect(details).toEqual(expected.metadata.get('grpc-status-details-bin')[0]);
  });

  it('whose message cannot be decoded is refused as by grpc-js', async () => {
    await stage.start();
    const { answer } = await callAtOnce(stage.socketPath, { ...call, message: Buffer.of(0xff) });
    const { headers } = await answer;
    expect(headers['grpc-status']).toBe(String(status.INTERNAL));
    expect(decodeURI(String(headers['grpc-message']))).toMatch(/^Error deserializing request/);
  });

  it('tells its handler the deadline, and is answered when that passes', async () => {
    const { started, aborted } = watchedHandler();
    await stage.start({ add: aborted.handler });
    const answered = addAtOnce({ 'grpc-timeout': '200m' });
    expect((await started).deadline).toBeInstanceOf(Date);
    expect(await aborted.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect((await answered).headers['grpc-status']).toBe(String(status.DEADLINE_EXCEEDED));
  });

  it('may wait longer than a timer can', async () => {
    await stage.start();
    expect((await addAtOnce({ 'grpc-timeout': '99999999H' })).trailers['grpc-status']).toBe('0');
  });

  it('tells its handler when the caller goes away', async () => {
    const { started, aborted } = watchedHandler();
    await stage.start({ add: aborted.handler });
    const { answer, leave } = await callAtOnce(stage.socketPath, call);
    answer.catch(() => {});
    expect((await started).deadline).toBeUndefined();
    leave();
    expect(await aborted.reason).toMatchObject({ code: 'CANCELLED', retryable: true });
  });

  it('finishes while the daemon drains', async () => {
    const { begun, handler, finish } = heldHandler();
    const server = await stage.start({ add: handler });
    const answered = addAtOnce();
    await begun;
    const drained = server.drain(60_000);
    finish();
    expect(resultOf(await answered).toString()).toBe('done');
    await drained;
  });

  it('is cancelled when draining takes too long, which the log is told of', async () => {
    const { started, aborted } = watchedHandler();
    const warned: string[] = [];
    const log = { ...silentLog, warn: (_facts: unknown, text: string) => void warned.push(text) };
    const server = await stage.start({ add: aborted.handler }, { log });
    const { answer, closed } = await callAtOnce(stage.socketPath, call);
    answer.catch(() => {});
    await started;
    await server.drain(50);
    expect(await aborted.reason).toMatchObject({ code: 'CANCELLED' });
    await closed;
    expect(warned).toEqual(['calls still ran when draining ended, so they were cancelled']);
  });
});

describe('a connection that brings no whole call', () => {
  it('is a session of grpc-js, which has seen all of its bytes, wherever they are cut', async () => {
    await stage.start({ add: async () => ({ result: Buffer.from('by session') }) });
    const bytes = await bytesOf(call);
    for (const cut of [1, 23, 24, 30, 60, bytes.length - 1]) {
      const socket = connect({ path: stage.socketPath });
      socket.write(bytes.subarray(0, cut));
      await sleep(20);
      socket.write(bytes.subarray(cut));
      let heard = Buffer.alloc(0);
      while (!heard.includes('grpc-status') && !heard.includes('by session')) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        heard = Buffer.concat([heard, chunk]);
      }
      socket.destroy();
    }
  });

  it('is one with a method that nobody has', async () => {
    await stage.start();
    const path = '/poplin.cni.v1.CniService/None';
    const { answer } = await callAtOnce(stage.socketPath, { path });
    expect((await answer).headers['grpc-status']).toBe(String(status.UNIMPLEMENTED));
  });

  it('does not keep the daemon from ending while it is silent', async () => {
    const server = await stage.start();
    const socket = connect({ path: stage.socketPath });
    await once(socket, 'connect');
    const gone = once(socket, 'close');
    await server.drain(60_000);
    await gone;
  });
});
