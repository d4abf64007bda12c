import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPath, bytesOf, type ClientCall } from '../testing/http2-client.js';
import { BytesMemory } from './bytes-memory.js';
import { encodeCall } from './client.js';
import { encodeFrame, frameType, readFrames } from './frames.js';
import { maxAnswer, readHead } from './head.js';
import { decodeFirstBlock } from './hpack.js';
import { readOneCall } from './request.js';

/** Another run's seed makes the same inputs: POPLIN_FUZZ_SEED=N. */
const seed = Number(process.env.POPLIN_FUZZ_SEED ?? randomInt(0x7fff_ffff));
console.log(`one call: inputs from seed ${seed} (POPLIN_FUZZ_SEED=${seed} repeats them)`);

const message = Buffer.from('a message');
const plain: ClientCall = { path: addPath, message };

/** The bytes of a call with its headers' frame changed. */
async function withHeaders(change: (payload: Buffer) => Buffer): Promise<Buffer> {
  const bytes = await bytesOf(plain);
  const frames = readFrames(bytes) ?? [];
  return Buffer.concat([
    bytes.subarray(0, 24),
    ...frames.map(({ type, flags, stream, payload }) =>
      encodeFrame(type, flags, stream, type === frameType.headers ? change(payload) : payload),
    ),
  ]);
}

describe('the first bytes of a connection', () => {
  it('are one call when all of it is there', async () => {
    expect(readOneCall(await bytesOf(plain))).toEqual({ stream: 1, path: addPath, message });
  });

  it('tell how long the caller waits, in any unit of gRPC', async () => {
    const waits = { '2H': 7_200_000, '3M': 180_000, '5S': 5000, '54321m': 54_321, '1500u': 2 };
    for (const [timeout, timeoutMs] of Object.entries({ ...waits, '99999999n': 100 })) {
      const bytes = await bytesOf({ ...plain, headers: { 'grpc-timeout': timeout } });
      expect(readOneCall(bytes)).toMatchObject({ timeoutMs });
    }
  });

  it('may bring a long message in many frames, and none at all', async () => {
    for (const size of [0, 16_384, 100_000, 1_000_000]) {
      const long = Buffer.alloc(size, 'x');
      // 65,535 bytes are what a client may send without having heard from the server.
      const call = readOneCall(await bytesOf({ ...plain, message: long }));
      if (size < 65_000) expect(call?.message.equals(long)).toBe(true);
      else expect(call).toBeUndefined();
    }
  });

  it('are no call as long as any of them are missing, and with any besides', async () => {
    const bytes = await bytesOf(plain);
    for (let end = 0; end < bytes.length; end++) {
      expect(readOneCall(bytes.subarray(0, end))).toBeUndefined();
    }
    for (const more of [Buffer.of(0), encodeFrame(frameType.settings, 1, 0)]) {
      expect(readOneCall(Buffer.concat([bytes, more]))).toBeUndefined();
    }
  });

  it('are no call of a client that has to be asked for room before it can be answered', async () => {
    for (const window of [65_535, 1_000_000, maxAnswer]) {
      expect(readOneCall(await bytesOf({ ...plain, window }))).toBeUndefined();
    }
    expect(readOneCall(await bytesOf({ ...plain, window: maxAnswer + 5 }))).toBeDefined();
  });

  it.each([
    ['compressed', { 'grpc-encoding': 'gzip' }],
    ['of another content', { 'content-type': 'application/grpc+json' }],
    ['by another method', { ':method': 'PUT' }],
    ['of another scheme', { ':scheme': 'https' }],
    ['with a time that is none', { 'grpc-timeout': '5 minutes' }],
    ['with a header that has what no gRPC header has', { 'x-odd': `\\${'a'.repeat(40)}` }],
  ])('are left to others when the call is %s', async (_what, headers) => {
    expect(
      readOneCall(await bytesOf({ ...plain, headers: headers as Record<string, string> })),
    ).toBeUndefined();
  });

  it('are no call with a header block that cannot be decoded, and are read without a throw whatever they are', async () => {
    const broken = await withHeaders((payload) => payload.subarray(0, -1));
    expect(readOneCall(broken)).toBeUndefined();
    const bytes = await bytesOf({
      ...plain,
      headers: { 'grpc-timeout': '1234m', a: 'b'.repeat(90) },
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const damaged = Buffer.from(bytes);
          for (const [place, value] of changes) damaged[place] = value;
          const before = Buffer.from(damaged);
          const call = readOneCall(damaged);
          expect(damaged.equals(before)).toBe(true);
          expect(call?.message.length ?? 0).toBeLessThanOrEqual(bytes.length);
        },
      ),
      { seed, numRuns: 20_000 },
    );
  });
});

describe('a head that was read before', () => {
  /** Calls of a client, each with a time of its own. */
  const calls = async (): Promise<readonly Buffer[]> =>
    Promise.all(
      ['59999m', '59998m', '4S'].map((time) =>
        bytesOf({ ...plain, headers: { 'grpc-timeout': time } }),
      ),
    );

  it('is read the same, with the message that came now', async () => {
    const memory = new BytesMemory(readHead);
    const [bytes = Buffer.alloc(0)] = await calls();
    const other = Buffer.from(bytes);
    other.write('A MESSAGE', other.length - message.length);
    const expected = { stream: 1, path: addPath, timeoutMs: 59_999 };
    for (const _time of [1, 2]) {
      expect(readOneCall(bytes, memory)).toEqual({ ...expected, message });
      expect(readOneCall(other, memory)).toEqual({
        ...expected,
        message: Buffer.from('A MESSAGE'),
      });
    }
  });

  it('changes nothing of what is read, whatever came before', async () => {
    const known = await calls();
    const memory = new BytesMemory(readHead);
    const change = fc.tuple(fc.nat(400), fc.nat(255));
    fc.assert(
      fc.property(
        fc.constantFrom(...known),
        fc.array(change, { maxLength: 3 }),
        fc.option(fc.nat(400)),
        (bytes, changes, cut) => {
          const damaged = Buffer.from(bytes.subarray(0, cut ?? bytes.length));
          for (const [place, value] of changes) damaged[place % damaged.length] = value;
          expect(readOneCall(damaged, memory)).toEqual(
            readOneCall(damaged, new BytesMemory(readHead)),
          );
        },
      ),
      { seed, numRuns: 20_000 },
    );
  });

  it('is forgotten when many came since, and understood again', async () => {
    const memory = new BytesMemory(readHead);
    for (let round = 0; round < 2; round++) {
      for (let time = 1; time <= 600; time++) {
        const bytes = encodeCall({ path: `${addPath}${time}`, message });
        expect(readOneCall(bytes, memory)).toMatchObject({ path: `${addPath}${time}`, message });
      }
    }
  });
});

describe('a header block', () => {
  const printable = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i));
  const known = printable.filter((one) => one !== '\\');
  const value = fc
    .string({ unit: fc.constantFrom(...known), maxLength: 60 })
    .map((text) => text.trim());
  const name = fc
    .string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-'), minLength: 1 })
    .filter(
      (text) => !/^(connection|upgrade|http2-settings|keep-alive|te|host|date)$|^-/.test(text),
    );

  it('is decoded to the fields that libnghttp2 was given, indexed, literal or in its Huffman code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 8 }), async (headers) => {
        const bytes = await bytesOf({ ...plain, headers });
        const frame = readFrames(bytes)?.find(({ type }) => type === frameType.headers);
        const fields = decodeFirstBlock(frame?.payload ?? Buffer.alloc(0));
        expect(new Map(fields)).toEqual(
          new Map([
            [':method', 'POST'],
            [':path', addPath],
            [':authority', 'localhost:80'],
            [':scheme', 'http'],
            ['content-type', 'application/grpc'],
            ['te', 'trailers'],
            ...Object.entries(headers),
          ]),
        );
      }),
      { seed, numRuns: 300 },
    );
  });

  it('is a value or undefined whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const fields = decodeFirstBlock(Buffer.from(bytes)) ?? [];
        expect(fields.length).toBeLessThanOrEqual(bytes.length);
      }),
      { seed, numRuns: 20_000 },
    );
  });
});
