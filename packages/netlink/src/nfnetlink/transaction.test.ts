import { describe, expect, it } from 'vitest';
import {
  ack,
  datagram,
  type FakeKernel,
  fakeKernel,
  type Waiting,
} from '../../test-support/fake-kernel.js';
import { type Message, NLM_F } from '../codec/message.js';
import { ENOBUFS, NETLINK_NETFILTER } from '../ffi/constants.js';
import { openExecutor, transactInOrder } from '../socket/executor.js';
import type { NetlinkRequest } from '../socket/request.js';
import { callingThread } from '../thread/thread.js';
import { nfnetlinkTransactions } from './transaction.js';

const request = (type: number): NetlinkRequest => ({
  type,
  flags: 0x400,
  body: new Uint8Array(4),
  operation: `request ${type}`,
});
const transactionOf = nfnetlinkTransactions(10);
const three = transactionOf('three', [101, 102, 103].map(request));

/** A kernel that answers a transaction as nfnetlink does: each error, then what was to be confirmed. */
const refusing = (errors: Readonly<Record<number, number>>): FakeKernel =>
  fakeKernel((sent) =>
    sent.flatMap((message): Waiting[] => {
      const errno = errors[message.type];
      const isAsked = (message.flags & NLM_F.ACK) !== 0;
      return errno !== undefined || isAsked ? [datagram(ack(message, errno))] : [];
    }),
  );

/** What came of a transaction. */
async function answersOf(kernel: FakeKernel) {
  using executor = openExecutor({
    protocol: NETLINK_NETFILTER,
    thread: callingThread(kernel),
    syscalls: kernel,
  });
  const [answer] = await transactInOrder([{ executor, work: three, onFailure: 'stop' }]);
  return answer?.acknowledgements.map(({ errno, fault }) => fault ?? errno);
}

describe('a transaction', () => {
  it('is one datagram, whose last request is confirmed: those that enclose them need not be', async () => {
    const kernel = refusing({});
    expect(await answersOf(kernel)).toEqual([0, 0, 0]);
    const [sent = []] = kernel.sent;
    expect(sent.map(({ type, flags }) => [type, flags & NLM_F.ACK])).toEqual([
      [0x10, 0],
      [101, 0],
      [102, 0],
      [103, NLM_F.ACK],
      [0x11, 0],
    ]);
    expect(sent.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(kernel.sent).toHaveLength(1);
  });

  it('is one datagram however many requests it has', async () => {
    const kernel = refusing({});
    using executor = openExecutor({ thread: callingThread(kernel), syscalls: kernel });
    const work = transactionOf(
      'many',
      Array.from({ length: 1000 }, (_, i) => request(100 + i)),
    );
    await transactInOrder([{ executor, work, onFailure: 'stop' }]);
    expect(kernel.sent.map((messages) => messages.length)).toEqual([1002]);
  });

  it('ends with the errors of those requests that the kernel refused', async () => {
    expect(await answersOf(refusing({ 101: 2, 103: 17 }))).toEqual([2, 0, 17]);
    expect(await answersOf(refusing({ 102: 2 }))).toEqual([0, 2, 0]);
  });

  it('that is refused as a whole, when it is to be put into force, ends so for all of them', async () => {
    expect(await answersOf(refusing({ 16: 12 }))).toEqual([12, 12, 12]);
  });

  it('that nobody has looked at ends with what the kernel says of the message in front', async () => {
    const kernel = fakeKernel(([first]) => (first ? [datagram(ack(first, 1))] : []));
    expect(await answersOf(kernel)).toEqual([1, 1, 1]);
  });

  it('ends with OVERFLOW when the answer got lost', async () => {
    const lost = fakeKernel((sent: Message[]) => [
      { errno: ENOBUFS },
      ...sent.slice(1, 2).map((message) => datagram(ack(message, 2))),
    ]);
    expect(await answersOf(lost)).toEqual([2, 'lost', 'lost']);
    const silent = fakeKernel();
    expect(await answersOf(silent)).toEqual(['lost', 'lost', 'lost']);
  });

  it('that could not be sent ends with the reason', async () => {
    expect(await answersOf(fakeKernel(() => [{ errno: 90 }]))).toEqual([90, 90, 90]);
  });
});
