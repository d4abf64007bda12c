import { describe, expect, it } from 'vitest';
import { ack, datagram, done, fakeKernel } from '../../test-support/fake-kernel.js';
import { errorOf } from '../codec/acknowledgement.js';
import { type Message, NLM_F } from '../codec/message.js';
import { EINTR, ENOBUFS } from '../ffi/constants.js';
import type { NetlinkRequest } from './request.js';
import { RequestSocket } from './request-socket.js';

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

describe('requests', () => {
  it('asks for one confirmation per batch and takes silence about the others for success', () => {
    const kernel = fakeKernel((sent) => [datagram(ack(lastOf(sent)))]);
    using socket = new RequestSocket(kernel);
    expect(socket.transact(many(3))).toEqual([{ errno: 0 }, { errno: 0 }, { errno: 0 }]);
    expect(kernel.sent[0]?.map((m) => m.flags)).toEqual([
      NLM_F.REQUEST,
      NLM_F.REQUEST,
      NLM_F.REQUEST | NLM_F.ACK,
    ]);
  });

  it('maps each error to its message, with the words of the kernel', () => {
    const kernel = fakeKernel((sent) => [
      ...sent.slice(0, -1).flatMap((m, i) => (i % 2 ? [datagram(ack(m, 17, `taken ${i}`))] : [])),
      datagram(ack(lastOf(sent), 19)),
    ]);
    using socket = new RequestSocket(kernel);
    expect(socket.transact(many(5)).map((a) => [a.errno, a.kernelText])).toEqual([
      [0, undefined],
      [17, 'taken 1'],
      [0, undefined],
      [17, 'taken 3'],
      [19, undefined],
    ]);
  });

  it('splits what is too much for one send, and keeps the order', () => {
    const kernel = fakeKernel((sent) => [datagram(ack(lastOf(sent), 22))]);
    using socket = new RequestSocket(kernel);
    const answers = socket.transact(many(600));
    expect(kernel.sent.map((messages) => messages.length)).toEqual([256, 256, 88]);
    const failed = answers.flatMap((a, i) => (a.errno ? [i] : []));
    expect(failed).toEqual([255, 511, 599]);
    const large = { ...request('large'), body: new Uint8Array(60_000) };
    socket.transact([large, large, large]);
    expect(kernel.sent.slice(3).map((messages) => messages.length)).toEqual([1, 1, 1]);
  });

  it('says of every request in a batch that could not be sent why', () => {
    const kernel = fakeKernel(() => [{ errno: 90 }]);
    using socket = new RequestSocket(kernel);
    expect(socket.transact(many(2))).toEqual([{ errno: 90 }, { errno: 90 }]);
  });

  it('says OVERFLOW of those whose answer was dropped, and the error of those that were answered', () => {
    const kernel = fakeKernel((sent) => [
      { errno: ENOBUFS },
      ...sent.slice(0, 1).map((m) => datagram(ack(m, 17))),
      datagram(ack(lastOf(sent))),
    ]);
    using socket = new RequestSocket(kernel);
    const answers = socket.transact(many(3));
    expect(answers.map((a) => errorOf('x', a)?.code)).toEqual(['EEXIST', 'OVERFLOW', undefined]);
  });

  it('listens to the kernel only, and to answers of its own request only', () => {
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
    using socket = new RequestSocket(kernel);
    expect(socket.transact(many(1))).toEqual([{ errno: 0 }]);
  });
});

describe('questions', () => {
  it('collects a dump over many datagrams up to its end', () => {
    const kernel = fakeKernel(([m]) => [
      datagram(answerTo(m, [1]), answerTo(m, [2])),
      datagram(answerTo(m, [3])),
      datagram(done(m ?? answerTo(m, []))),
    ]);
    using socket = new RequestSocket(kernel);
    const { ack: end, messages } = socket.query(dump);
    expect(end).toEqual({ errno: 0 });
    expect(messages.map((m) => [...m.body])).toEqual([[1], [2], [3]]);
  });

  it('asks again when the dump was interrupted, wherever the kernel says so', () => {
    const kernel = fakeKernel((sent, nth) => {
      const m = lastOf(sent);
      if (nth === 1) return [datagram(answerTo(m, [1], NLM_F.DUMP_INTR)), datagram(done(m))];
      if (nth === 2) return [datagram(answerTo(m, [2]), done(m, NLM_F.DUMP_INTR))];
      return [datagram(answerTo(m, [3]), done(m))];
    });
    using socket = new RequestSocket(kernel);
    expect(socket.query(dump).messages.map((m) => [...m.body])).toEqual([[3]]);
    expect(kernel.sent).toHaveLength(3);
  });

  it('gives up on a dump that is always interrupted, and says so', () => {
    const kernel = fakeKernel((sent) => [datagram(done(lastOf(sent), NLM_F.DUMP_INTR))]);
    using socket = new RequestSocket(kernel);
    expect(errorOf('list routes', socket.query(dump).ack)).toMatchObject({
      code: 'DUMP_INTERRUPTED',
      retryable: true,
    });
    expect(kernel.sent).toHaveLength(10);
  });

  it('gives the error that ends a dump or answers a question', () => {
    const kernel = fakeKernel((sent) => [datagram(ack(lastOf(sent), 19, 'gone'))]);
    using socket = new RequestSocket(kernel);
    for (const question of [dump, request('get')]) {
      expect(socket.query(question).ack).toEqual({ errno: 19, kernelText: 'gone' });
    }
  });

  it('says OVERFLOW when the kernel falls silent before the end', () => {
    const kernel = fakeKernel(([m]) => [datagram(answerTo(m, [1]))]);
    using socket = new RequestSocket(kernel);
    expect(errorOf('x', socket.query(dump).ack)?.code).toBe('OVERFLOW');
  });

  it('leaves nothing of a broken answer to the next request', () => {
    const kernel = fakeKernel((sent, nth) => {
      const m = lastOf(sent);
      if (nth > 1) return [datagram(answerTo(m, [9], 0))];
      return [{ bytes: Uint8Array.of(1, 2, 3) }, datagram(answerTo(m, [1])), datagram(done(m))];
    });
    using socket = new RequestSocket(kernel);
    expect(() => socket.query(dump)).toThrow(expect.objectContaining({ code: 'DECODE' }));
    expect(socket.query(request('get')).messages.map((m) => [...m.body])).toEqual([[9]]);
  });

  it('notices an answer longer than its buffer, and has room for the next', () => {
    const long = new Uint8Array(100_000);
    const kernel = fakeKernel((sent) => [datagram({ ...answerTo(lastOf(sent), []), body: long })]);
    using socket = new RequestSocket(kernel);
    expect(errorOf('x', socket.query(request('get')).ack)?.code).toBe('OVERFLOW');
    expect(socket.query(request('get')).messages[0]?.body).toHaveLength(100_000);
  });
});

it('closes its descriptor, once', () => {
  const kernel = fakeKernel();
  const socket = new RequestSocket(kernel);
  expect(kernel.open.size).toBe(1);
  socket[Symbol.dispose]();
  socket[Symbol.dispose]();
  expect(kernel.open.size).toBe(0);
  expect(() => socket.transact(many(1))).toThrow(expect.objectContaining({ code: 'CLOSED' }));
});
