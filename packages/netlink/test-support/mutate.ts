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

const append: Mutation = (bytes, random) => {
  const tail = Uint8Array.from({ length: random.below(64) }, () => random.below(256));
  return joined(bytes, tail);
};

/** Says a part again and again: attributes that come twice, lists that do not end. */
const repeat: Mutation = (bytes, random) => {
  if (bytes.length < 4) return bytes;
  const start = 4 * random.below(bytes.length >> 2);
  const part = bytes.slice(start, start + 4 * (1 + random.below(16)));
  let result = bytes;
  for (let n = 1 + random.below(32); n > 0 && result.length < MAX_LENGTH; n--) {
    result = joined(result, part);
  }
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
  let inner = bytes.subarray(header);
  for (let depth = 1 + random.below(200); depth > 0 && inner.length < MAX_LENGTH; depth--) {
    const wrapped = new Uint8Array(4 + inner.length);
    const view = new DataView(wrapped.buffer);
    view.setUint16(0, wrapped.length, true);
    view.setUint16(2, random.below(64) | (random.below(2) << 15), true);
    wrapped.set(inner, 4);
    inner = wrapped;
  }
  return joined(bytes.subarray(0, header), inner);
};

const noise: Mutation = (_bytes, random) =>
  Uint8Array.from({ length: random.below(256) }, () => random.below(256));

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

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
