import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decoders } from '../../test-support/decoders.js';
import { mutated, randomFrom } from '../../test-support/mutate.js';
import { NetlinkError } from '../error.js';

/** Inputs over all decoders. More by hand: POPLIN_FUZZ_INPUTS=100000000. */
const INPUTS = Number(process.env.POPLIN_FUZZ_INPUTS ?? 1_000_000);
/** Another run's seed makes the same inputs: POPLIN_FUZZ_SEED=N. */
const SEED = Number(process.env.POPLIN_FUZZ_SEED ?? randomInt(0x7fff_ffff));

/** Most that a decoded value may be per byte of input: an empty attribute of 4 bytes is one entry at most. */
const SLOTS_PER_BYTE = 2;
/** What a value has whatever the input: its named fields. */
const SLOTS_AT_LEAST = 256;

// Half of the inputs are refused, and the stack of a refusal costs more than the decoding.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

console.log(`fuzz: ${INPUTS} inputs from seed ${SEED} (POPLIN_FUZZ_SEED=${SEED} repeats them)`);

describe('any bytes become a value or a DECODE error', () => {
  const inputsEach = Math.ceil(INPUTS / decoders.length);

  for (const { name, seeds, decode } of decoders) {
    it(`${name}: ${inputsEach} broken relatives of ${seeds.length} real inputs`, () => {
      const random = randomFrom(SEED);
      for (let i = 0; i < inputsEach; i++) {
        const input = mutated(seeds, random);
        const before = input.slice();
        const value = outcome(name, decode, input);
        // Only then, as a matcher costs more than a decoder.
        if (Buffer.compare(input, before) !== 0) {
          expect(input, 'a decoder writes into its input').toEqual(before);
        }
        const size = slotsOf(value);
        if (size > SLOTS_AT_LEAST + SLOTS_PER_BYTE * input.length) {
          throw new Error(`${name} makes ${size} slots of ${input.length} bytes: ${hex(input)}`);
        }
      }
    }, 300_000);

    it(`${name}: every real input is a value, every cut of it a value or refused`, () => {
      for (const seed of seeds) {
        for (let length = 0; length < seed.length; length++) {
          outcome(name, decode, seed.subarray(0, length));
        }
        decode(seed);
      }
    });
  }
});

/** Decodes; anything but a value or a DECODE error fails with the input. */
function outcome(name: string, decode: (bytes: Uint8Array) => unknown, input: Uint8Array): unknown {
  try {
    return decode(input);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'DECODE') return undefined;
    throw new Error(`${name} of ${hex(input)}`, { cause: error });
  }
}

/** How many places a value has in memory, roughly: fields, elements, and characters by eights. */
function slotsOf(value: unknown): number {
  if (typeof value === 'string') return 1 + value.length / 8;
  if (value instanceof Uint8Array) return 1;
  if (typeof value !== 'object' || value === null) return 1;
  let slots = 1;
  for (const part of Object.values(value)) slots += slotsOf(part);
  return slots;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
