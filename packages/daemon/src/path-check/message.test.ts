import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerTo, encodeMessage, headerLength, nonceLength, nonceOf } from './message.js';

// fast-check prints the seed of a run that fails.

const nonce = fc.uint8Array({ minLength: nonceLength, maxLength: nonceLength });
const length = fc.integer({ min: headerLength, max: 9000 });

it('an answer is as long as its question, and carries its nonce', () => {
  fc.assert(
    fc.property(nonce, length, (drawn, bytes) => {
      const question = encodeMessage('question', drawn, bytes);
      const answer = answerTo(question);
      expect(question).toHaveLength(bytes);
      expect(answer).toHaveLength(bytes);
      expect(nonceOf('answer', answer ?? Buffer.alloc(0))).toEqual(Buffer.from(drawn));
    }),
  );
});

it('an answer is not answered: two who answer never keep each other busy', () => {
  fc.assert(
    fc.property(nonce, length, (drawn, bytes) => {
      expect(answerTo(encodeMessage('answer', drawn, bytes))).toBeUndefined();
    }),
  );
});

it('bytes of anybody else are not answered', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(answerTo(bytes)).toBeUndefined();
    }),
  );
});

it('a question that was cut or changed in its head is not answered', () => {
  const question = encodeMessage('question', Buffer.alloc(nonceLength, 7), headerLength);
  expect(answerTo(question.subarray(0, headerLength - 1))).toBeUndefined();
  for (let at = 0; at < headerLength - nonceLength; at++) {
    const changed = Buffer.from(question);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(answerTo(changed)).toBeUndefined();
  }
});
