import { describe, expect, it } from 'vitest';
import { AddressBook } from './book.js';
import { summarizeLife } from './memory.js';
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
  const flat = Array.from({ length: 100 }, (_, index) => 80 + (index % 3));

  it('is flat when it only goes up and down', () => {
    expect(summarizeLife(1, flat).growth).toBeCloseTo(1, 1);
  });

  it('does not count the warm-up', () => {
    expect(summarizeLife(1, [...Array(25).fill(40), ...flat.slice(25)]).growth).toBeCloseTo(1, 1);
  });

  it('grows when it goes up all the time', () => {
    const growing = flat.map((value, index) => value + 2 * index);
    expect(summarizeLife(1, growing).growth).toBeGreaterThan(1.25);
  });

  it('is not judged when the life was short', () => {
    expect(summarizeLife(1, flat.slice(0, 10)).growth).toBeUndefined();
  });
});
