import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../test-support/corpus.js';
import { NetlinkError } from '../error.js';
import { decodeMessages, encodeMessage, type Message, messageSize } from './message.js';

const anyMessage: fc.Arbitrary<Message> = fc.record({
  type: fc.integer({ min: 0, max: 0xffff }),
  flags: fc.integer({ min: 0, max: 0xffff }),
  sequence: fc.integer({ min: 0, max: 0xffff_ffff }),
  body: fc.uint8Array({ maxLength: 64 }),
});

describe('netlink messages', () => {
  it('writes the header that ip writes', () => {
    // "ip route del 10.244.7.0/26 proto 112", the header as seen by strace.
    const message = { type: 25, flags: 5, sequence: 0x6b00f61d, body: new Uint8Array(20) };
    expect(encodeMessage(message).subarray(0, 16)).toEqual(
      fromHex('24000000 1900 0500 1df6006b 00000000'),
    );
  });

  it('reads back any number of messages in one datagram', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), (messages) => {
        const bytes = Uint8Array.from(messages.flatMap((m) => [...encodeMessage(m)]));
        expect(bytes.length).toBe(messages.reduce((n, m) => n + messageSize(m.body.length), 0));
        expect(decodeMessages(bytes)).toEqual(messages);
      }),
    );
  });

  it('refuses a cut or overlong message with DECODE', () => {
    const whole = encodeMessage({ type: 16, flags: 0, sequence: 1, body: new Uint8Array(8) });
    for (let length = 1; length < whole.length; length++) {
      expect(() => decodeMessages(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'DECODE' }),
      );
    }
    expect(() => decodeMessages(fromHex('00000000 1000 0000 00000000 00000000'))).toThrow(
      'bad message length at byte 0 of 16',
    );
  });

  it('takes any bytes for messages or refuses them with DECODE', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeMessages(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(NetlinkError);
          expect(error).toMatchObject({ code: 'DECODE' });
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
