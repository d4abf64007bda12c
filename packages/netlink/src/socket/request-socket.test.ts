import { describe, expect, it } from 'vitest';
import {
  ack,
  datagram,
  done,
  type FakeKernel,
  fakeKernel,
} from '../../test-support/fake-kernel.js';
import { errorOf } from '../codec/acknowledgement.js';
import { decodeMessages, type Message, NLM_F, NLMSG } from '../codec/message.js';
import { EINTR, ENOBUFS, NETLINK_ROUTE } from '../ffi/constants.js';
import { callingThread } from '../thread/thread.js';
import type { NetlinkRequest } from './request.js';
import { type QueryAnswer, RequestSocket } from './request-socket.js';

const request = (operation: string, flags = 0): NetlinkRequest => ({
  type: 16,
  flags,
  body: new Uint8Array(4),
  operation,
});
const many = (count: number): NetlinkRequest[] =>
  Array.from({ length: count }, (_, i) => request(`request ${i}`));
const dump = request('dump', NLM_F.DUMP);
const answerTo = (
  to: Message | undefined,
  body: number[],
  flags: number = NLM_F.MULTI,
): Message => ({
  type: 16,
  flags,
  sequence: to?.sequence ?? 0,
  body: Uint8Array.from(body),
});
const lastOf = (messages: readonly Message[]): Message => {
  const last = messages.at(-1);
  if (!last) throw new Error('nothing was sent');
  return last;
};

const socketOn = (kernel: FakeKernel): RequestSocket =>
  new RequestSocket(kernel, NETLINK_ROUTE, callingThread(kernel));
const bodiesOf = ({ datagrams, sequence }: QueryAnswer): number[][] =>
  datagrams
    .flatMap(decodeMessages)
    .filter((m) => m.sequence === sequence && m.type > NLMSG.OVERRUN)
    .map((m) => [...m.body]);

describe('requests', () => {
  it('asks for one confirmation per batch and takes silence about the others for success', async () => {
    const kernel = fakeKernel((sent) => [datagram(ack(lastOf(sent)))]);
    using socket = socketOn(kernel);
    expect(await socket.transact(many(3))).toEqual([{ errno: 0 }, { errno: 0 }, { errno: 0 }]);
    expect(kernel.sent[0]?.map((m) => m.flags)).toEqual([
      NLM_F.REQUEST,
      NLM_F.REQUEST,
      NLM_F.REQUEST | NLM_F.ACK,
    ]);
  });

  it('maps each error to its message, with the words of the kernel', async () => {
    const kernel = fakeKernel((sent) => [
      ...sent.slice(0, -1).flatMap((m, i) => (i % 2 ? [datagram(ack(m, 17, `taken ${i}`))] : [])),
      datagram(ack(lastOf(sent), 19)),
    ]);
    using socket = socketOn(kernel);
    expect((await socket.transact(many(5))).map((a) => [a.errno, a.kernelText])).toEqual([
      [0, undefined],
      [17, 'taken 1'],
      [0, undefined],
      [17, 'taken 3'],
      [19, undefined],
    ]);
  });

  it('splits what is too much for one send, and keeps the order', async () => {
    const kernel = fakeKernel((sent) => [datagram(ack(lastOf(sent), 22))]);
    using socket = socketOn(kernel);
    const answers = await socket.transact(many(600));
    expect(kernel.sent.map((messages) => messages.length)).toEqual([256, 256, 88]);
    const failed = answers.flatMap((a, i) => (a.errno ? [i] : []));
    expect(failed).toEqual([255, 511, 599]);
    const large = { ...request('large'), body: new Uint8Array(60_000) };
    await socket.transact([large, large, large]);
    expect(kernel.sent.slice(3).map((messages) => messages.length)).toEqual([1, 1, 1]);
  });

  it('says of every request in a batch that could not be sent why', async () => {
    const kernel = fakeKernel(() => [{ errno: 90 }]);
    using socket = socketOn(kernel);
    expect(await socket.transact(many(2))).toEqual([{ errno: 90 }, { errno: 90 }]);
  });

  it('says OVERFLOW of those whose answer was dropped, and the error of those that were answered', async () => {
    const kernel = fakeKernel((sent) => [
      { errno: ENOBUFS },
      ...sent.slice(0, 1).map((m) => datagram(ack(m, 17))),
      datagram(ack(lastOf(sent))),
    ]);
    using socket = socketOn(kernel);
    const answers = await socket.transact(many(3));
    expect(answers.map((a) => errorOf({ operation: 'x' }, a)?.code)).toEqual([
      'EEXIST',
      'OVERFLOW',
      undefined,
    ]);
  });

  it('listens to the kernel only, and to answers of its own request only', async () => {
    const kernel = fakeKernel((sent) => {
      const last = lastOf(sent);
      const forged = datagram(ack(last, 1));
      const stale = { ...last, sequence: last.sequence - 1 };
      return [
        'bytes' in forged ? { ...forged, port: 4711 } : forged,
        datagram(ack(stale, 1)),
        { errno: EINTR },
        datagram(ack(last)),
      ];
    });
    using socket = socketOn(kernel);
    expect(await socket.transact(many(1))).toEqual([{ errno: 0 }]);
  });
});

describe('questions', () => {
  it('collects a dump over many datagrams up to its end', async () => {
    const kernel = fakeKernel(([m]) => [
      datagram(answerTo(m, [1]), answerTo(m, [2])),
      datagram(answerTo(m, [3])),
      datagram(done(m ?? answerTo(m, []))),
    ]);
    using socket = socketOn(kernel);
    const answer = await socket.query(dump);
    expect(answer.ack).toEqual({ errno: 0 });
    expect(bodiesOf(answer)).toEqual([[1], [2], [3]]);
  });

  it('asks again when the dump was interrupted, wherever the kernel says so', async () => {
    const kernel = fakeKernel((sent, nth) => {
      const m = lastOf(sent);
      if (nth === 1) return [datagram(answerTo(m, [1], NLM_F.DUMP_INTR)), datagram(done(m))];
      if (nth === 2) return [datagram(answerTo(m, [2]), done(m, NLM_F.DUMP_INTR))];
      return [datagram(answerTo(m, [3]), done(m))];
    });
    using socket = socketOn(kernel);
    expect(bodiesOf(await socket.query(dump))).toEqual([[3]]);
    expect(kernel.sent).toHaveLength(3);
  });

  it('gives up on a dump that is always interrupted, and says so', async () => {
    const kernel = fakeKernel((sent) => [datagram(done(lastOf(sent), NLM_F.DUMP_INTR))]);
    using socket = socketOn(kernel);
    expect(errorOf({ operation: 'list routes' }, (await socket.query(dump)).ack)).toMatchObject({
      code: 'DUMP_INTERRUPTED',
      retryable: true,
    });
    expect(kernel.sent).toHaveLength(10);
  });

  it('gives the error that ends a dump or answers a question', async () => {
    const kernel = fakeKernel((sent) => [datagram(ack(lastOf(sent), 19, 'gone'))]);
    using socket = socketOn(kernel);
    for (const question of [dump, request('get')]) {
      expect((await socket.query(question)).ack).toEqual({ errno: 19, kernelText: 'gone' });
    }
  });

  it('says OVERFLOW when the kernel falls silent before the end', async () => {
    const kernel = fakeKernel(([m]) => [datagram(answerTo(m, [1]))]);
    using socket = socketOn(kernel);
    expect(errorOf({ operation: 'x' }, (await socket.query(dump)).ack)?.code).toBe('OVERFLOW');
  });

  it('leaves nothing of a broken answer to the next request', async () => {
    const kernel = fakeKernel((sent, nth) => {
      const m = lastOf(sent);
      if (nth > 1) return [datagram(answerTo(m, [9], 0))];
      return [{ bytes: Uint8Array.of(1, 2, 3) }, datagram(answerTo(m, [1])), datagram(done(m))];
    });
    using socket = socketOn(kernel);
    await expect(socket.query(dump)).rejects.toMatchObject({ code: 'DECODE' });
    expect(bodiesOf(await socket.query(request('get')))).toEqual([[9]]);
  });

  it('cuts no answer, however long', async () => {
    const long = new Uint8Array(300_000).fill(7);
    const kernel = fakeKernel((sent) => [datagram({ ...answerTo(lastOf(sent), []), body: long })]);
    using socket = socketOn(kernel);
    const [body] = bodiesOf(await socket.query(request('get')));
    expect(body).toEqual([...long]);
  });
});

it('closes its descriptor, once', async () => {
  const kernel = fakeKernel();
  const socket = socketOn(kernel);
  expect(kernel.open.size).toBe(1);
  socket[Symbol.dispose]();
  socket[Symbol.dispose]();
  expect(kernel.open.size).toBe(0);
  await expect(socket.transact(many(1))).rejects.toMatchObject({ code: 'CLOSED' });
});
