import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeAnswer } from './answer.js';
import { type Frame, flag, framesFrom, frameType, maxPayload } from './frames.js';
import { decodeFirstBlock } from './hpack.js';

const lengths = [0, 1, maxPayload - 6, maxPayload - 5, maxPayload - 4, 3 * maxPayload - 5, 100_000];

const isData = ({ type }: Frame): boolean => type === frameType.data;

it('is settings, headers, the message in frames of their size, and trailers, whatever its length and stream', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...lengths), fc.nat(70_000)),
      fc.nat(0x3fff_ffff).map((half) => 2 * half + 1),
      fc.nat(255),
      (length, stream, fill) => {
        const message = new Uint8Array(length).map((_, place) => fill + place);
        const frames = framesFrom(encodeAnswer(stream, { message }), 0) ?? [];
        const [settings, ack, headers, ...rest] = frames;
        const trailers = rest.pop();
        expect([settings, ack]).toMatchObject([
          { type: frameType.settings, flags: 0, stream: 0 },
          { type: frameType.settings, flags: flag.ack, stream: 0 },
        ]);
        expect([headers, trailers]).toMatchObject([
          { type: frameType.headers, flags: flag.endHeaders, stream },
          { type: frameType.headers, flags: flag.endHeaders | flag.endStream, stream },
        ]);
        expect(decodeFirstBlock(headers?.payload ?? Buffer.of(0xff))).toEqual([
          [':status', '200'],
          ['content-type', 'application/grpc'],
        ]);
        expect(decodeFirstBlock(trailers?.payload ?? Buffer.of(0xff))).toEqual([
          ['grpc-status', '0'],
        ]);
        expect(rest.every((frame) => isData(frame) && frame.flags === 0)).toBe(true);
        expect(rest.every((frame) => frame.stream === stream)).toBe(true);
        expect(rest.every(({ payload }) => payload.length <= maxPayload)).toBe(true);
        const body = Buffer.concat(rest.map(({ payload }) => payload));
        expect(body[0]).toBe(0);
        expect(body.readUInt32BE(1)).toBe(length);
        expect(body.subarray(5).equals(message)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
