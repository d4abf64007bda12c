import type { NetworkView } from '@poplin/backend';
import { expect, it } from 'vitest';
import { Answers } from './answers.js';
import type { Question } from './protocol.js';

const view = (mtu: number): NetworkView => ({
  underlay: { link: 'eth0', mtu, addresses: [] },
  pools: [],
});
const question = (mtu: number): Question => ({ call: 'planHost', view: view(mtu) });

/** Answers from a backend that a test plays: each question waits until the test settles it. */
function played() {
  const asked: {
    question: Question;
    answer: (value: unknown) => void;
    fail: (why: string) => void;
  }[] = [];
  let news = 0;
  const answers = new Answers<string>({
    ask: (one) =>
      new Promise((resolve, reject) =>
        asked.push({ question: one, answer: resolve, fail: (why) => reject(new Error(why)) }),
      ),
    check: (value) => {
      if (typeof value === 'string' && value !== 'bad') return value;
      throw new Error('that is no answer');
    },
    onAnswer: () => {
      news += 1;
    },
  });
  return { answers, asked, news: () => news };
}

it('asks a question once, and tells when the answer is there', async () => {
  const { answers, asked, news } = played();
  answers.want('n2', question(1500));
  answers.want('n2', question(1500));
  expect(asked).toHaveLength(1);
  expect(answers.good('n2')).toBeUndefined();
  asked[0]?.answer('plan');
  expect(await answers.settled(['n2'])).toBe(true);
  expect([answers.good('n2'), news()]).toEqual(['plan', 1]);
  answers.want('n2', question(1500));
  expect(asked).toHaveLength(1);
});

it('lets the answer to an earlier question stand until the present one has its own', async () => {
  const { answers, asked } = played();
  answers.want('n2', question(1500));
  asked[0]?.answer('old');
  await answers.settled(['n2']);
  answers.want('n2', question(1400));
  expect(answers.good('n2')).toBe('old');
  asked[1]?.answer('new');
  expect(await answers.settled(['n2'])).toBe(true);
  expect(answers.good('n2')).toBe('new');
});

it('keeps an answer that comes too late from replacing a later one', async () => {
  const { answers, asked } = played();
  answers.want('n2', question(1500));
  answers.want('n2', question(1400));
  asked[1]?.answer('new');
  await answers.settled(['n2']);
  asked[0]?.answer('late');
  await new Promise((resolve) => setImmediate(resolve));
  expect(answers.good('n2')).toBe('new');
});

it.each(['fails', 'is bad'])(
  'keeps the last good answer when the next %s, and does not ask again',
  async (how) => {
    const { answers, asked } = played();
    answers.want('n2', question(1500));
    asked[0]?.answer('old');
    await answers.settled(['n2']);
    answers.want('n2', question(1400));
    if (how === 'fails') asked[1]?.fail('that is no answer');
    else asked[1]?.answer('bad');
    expect(await answers.settled(['n2'])).toBe(false);
    answers.want('n2', question(1400));
    expect(asked).toHaveLength(2);
    expect(answers.good('n2')).toBe('old');
    expect(answers.failures).toEqual([{ key: 'n2', reason: 'that is no answer', stands: true }]);
    answers.retry();
    asked[2]?.answer('new');
    expect(await answers.settled(['n2'])).toBe(true);
    expect(answers.failures).toEqual([]);
  },
);

it('asks everything again after a refresh, while what was answered stands', async () => {
  const { answers, asked } = played();
  for (const key of ['n2', 'n3']) answers.want(key, question(1500));
  for (const one of asked) one.answer('old');
  await answers.settled(['n2', 'n3']);
  answers.refresh();
  expect(asked).toHaveLength(4);
  expect(answers.good('n2')).toBe('old');
  for (const one of asked.slice(2)) one.answer('new');
  expect(await answers.settled(['n2', 'n3'])).toBe(true);
  expect(answers.good('n3')).toBe('new');
});

it('forgets what is about others', async () => {
  const { answers, asked } = played();
  for (const key of ['n2', 'n3']) answers.want(key, question(1500));
  for (const one of asked) one.answer('old');
  await answers.settled(['n2', 'n3']);
  answers.keep((key) => key === 'n3');
  expect([answers.good('n2'), answers.good('n3')]).toEqual([undefined, 'old']);
});
