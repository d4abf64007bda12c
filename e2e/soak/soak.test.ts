import { describe, expect, it } from 'vitest';
import { AddressBook } from './book.js';
import {
  flatGrowth,
  formatSample,
  isLongEnough,
  type MemorySample,
  parseSamples,
  sampleMs,
  summarizeLives,
} from './memory.js';
import { drawKills, seededRandom } from './random.js';

describe('the book of addresses', () => {
  it('takes an address that was given back', () => {
    const book = new AddressBook();
    book.take('10.0.0.1', 'a');
    book.giveBack('10.0.0.1', 'a');
    book.take('10.0.0.1', 'b');
    expect(book.doubles).toEqual([]);
  });

  it('tells an address that two containers have at once', () => {
    const book = new AddressBook();
    book.take('10.0.0.1', 'a');
    book.take('10.0.0.1', 'b');
    book.giveBack('10.0.0.1', 'a');
    book.take('10.0.0.1', 'c');
    expect(book.doubles).toEqual([
      { ip: '10.0.0.1', holder: 'a', second: 'b' },
      { ip: '10.0.0.1', holder: 'b', second: 'c' },
    ]);
  });
});

describe('the seed', () => {
  it('gives the same run again', () => {
    const draw = (seed: number) => drawKills(5, 1000, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('leaves the last four tenths of a run without kills', () => {
    for (const at of drawKills(100, 1000, seededRandom(1))) {
      expect(at).toBeGreaterThanOrEqual(1);
      expect(at).toBeLessThanOrEqual(600);
    }
  });
});

describe('the memory of a life', () => {
  const mebibyte = 2 ** 20;
  const lifeOf = (heap: readonly number[]) => {
    const samples = heap.map((size) => ({
      ...{ pid: 1, resident: 150 * mebibyte, heap: size * mebibyte },
    }));
    const text = samples.map((sample) => `${formatSample(sample)}\n`).join('');
    return summarizeLives(parseSamples(`${text}1 99`))[0];
  };
  const flat = Array.from({ length: 100 }, (_, index) => 30 + (index % 3));

  it('is flat when it only goes up and down', () => {
    expect(lifeOf(flat)?.heap.growth).toBeCloseTo(1, 1);
    expect(lifeOf(flat)?.resident).toEqual({ first: 150, last: 150, max: 150, growth: 1 });
  });

  it('does not count the warm-up', () => {
    expect(lifeOf([...Array(25).fill(20), ...flat.slice(25)])?.heap.growth).toBeCloseTo(1, 1);
  });

  it('grows when it goes up all the time', () => {
    const growing = flat.map((value, index) => value + 0.1 * index);
    expect(lifeOf(growing)?.heap.growth).toBeGreaterThan(flatGrowth);
  });

  it('is not judged when the life was short', () => {
    expect(lifeOf(flat.slice(0, 10))?.heap.growth).toBeUndefined();
  });

  it('can be judged when the last one has lasted for 40 s', () => {
    const samplesOf = (pid: number, count: number) =>
      Array<object>(count).fill({ pid, resident: 1, heap: 1 }) as MemorySample[];
    const enough = 40_000 / sampleMs;
    expect(isLongEnough([...samplesOf(7, 99), ...samplesOf(8, enough - 1)])).toBe(false);
    expect(isLongEnough([...samplesOf(7, 2), ...samplesOf(8, enough)])).toBe(true);
    expect(isLongEnough([])).toBe(false);
  });

  it('is that of each life by itself', () => {
    const text = '7 1 1\n7 1 1\n8 1 1\n';
    expect(summarizeLives(parseSamples(text)).map(({ samples }) => samples)).toEqual([2, 1]);
  });
});
