/** Numbers from 0 up to, not including, 1: the same ones for the same seed (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * When to kill the daemon: after so many pairs each, in order. All in the first six tenths of the run, so that the last
 * life is long enough to tell whether memory grows.
 */
export function drawKills(count: number, pairs: number, random: () => number): readonly number[] {
  const at = Array.from({ length: count }, () => 1 + Math.floor(random() * pairs * 0.6));
  return at.sort((a, b) => a - b);
}
