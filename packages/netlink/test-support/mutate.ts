import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers that a seed determines. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
}

/** A generator that gives the same numbers for the same seed, on every machine. */
export function randomFrom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return { below: (below) => uniformInt(generator, 0, below - 1) };
}

/** Lengths and counts at which decoders tend to break. */
const edges = [0, 1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff];

/** Longest input that growing and repeating may make, bytes. */
const MAX_LENGTH = 4096;

type Mutation = (bytes: Uint8Array, random: Random, seeds: readonly Uint8Array[]) => Uint8Array;

const cut: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));

const flip: Mutation = (bytes, random) => {
  if (bytes.length === 0) return bytes;
  const copy = bytes.slice();
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  }
  return copy;
};

const overwrite: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  for (let n = 1 + random.below(3); n > 0 && copy.length > 0; n--) {
    copy[random.below(copy.length)] = random.below(256);
  }
  return copy;
};

/** Lies about a length: a number of 16 bits at a place where an attribute may begin. */
const lieAboutLength: Mutation = (bytes, random) => {
  if (bytes.length < 4) return bytes;
  const copy = bytes.slice();
  const at = 4 * random.below(copy.length >> 2);
  const lie = random.below(2) ? edges[random.below(edges.length)] : random.below(copy.length + 8);
  new DataView(copy.buffer).setUint16(at, lie ?? 0, true);
  return copy;
};

const append: Mutation = (bytes, random) => joined(bytes, randomBytes(random.below(64), random));

/** Says a part again and again: attributes that come twice, lists that do not end. */
const repeat: Mutation = (bytes, random) => {
  if (bytes.length < 4) return bytes;
  const start = 4 * random.below(bytes.length >> 2);
  const part = bytes.subarray(start, start + 4 * (1 + random.below(16)));
  const wanted = 1 + random.below(32);
  const times = Math.min(wanted, stepsUpTo(MAX_LENGTH, bytes.length, part.length));
  const result = new Uint8Array(bytes.length + times * part.length);
  result.set(bytes);
  for (let n = 0; n < times; n++) result.set(part, bytes.length + n * part.length);
  return result;
};

/** Puts a part of another message behind a part of this one. */
const splice: Mutation = (bytes, random, seeds) => {
  const other = seeds[random.below(seeds.length)] ?? bytes;
  return joined(
    bytes.subarray(0, 4 * random.below((bytes.length >> 2) + 1)),
    other.subarray(4 * random.below((other.length >> 2) + 1)),
  );
};

/** Wraps the attributes behind the header into one attribute, many times. */
const nest: Mutation = (bytes, random) => {
  const header = Math.min(bytes.length, 12 + 4 * random.below(3));
  const inner = bytes.length - header;
  const wanted = 1 + random.below(200);
  const depth = Math.min(wanted, stepsUpTo(MAX_LENGTH, inner, 4));
  const result = new Uint8Array(bytes.length + 4 * depth);
  result.set(bytes.subarray(0, header));
  result.set(bytes.subarray(header), header + 4 * depth);
  const view = new DataView(result.buffer);
  // From the innermost outwards.
  for (let at = header + 4 * (depth - 1); at >= header; at -= 4) {
    view.setUint16(at, result.length - at, true);
    view.setUint16(at + 2, random.below(64) | (random.below(2) << 15), true);
  }
  return result;
};

/** How often a length is less than `most` while it grows from `length` by `step`. */
const stepsUpTo = (most: number, length: number, step: number): number =>
  Math.max(0, Math.ceil((most - length) / step));

const noise: Mutation = (_bytes, random) => randomBytes(random.below(256), random);

const mutations = [
  cut,
  flip,
  overwrite,
  lieAboutLength,
  lieAboutLength,
  append,
  repeat,
  splice,
  nest,
  noise,
];

/** A broken relative of one of the seeds: one to three mutations of it. */
export function mutated(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = seeds[random.below(seeds.length)] ?? new Uint8Array(0);
  for (let n = 1 + random.below(3); n > 0; n--) {
    const mutation = mutations[random.below(mutations.length)] ?? cut;
    bytes = mutation(bytes, random, seeds);
  }
  return bytes;
}

function randomBytes(length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = random.below(256);
  return bytes;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
