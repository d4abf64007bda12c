import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareTexts, pageOf } from './page.js';

const keyOf = (item: { key: string }) => item.key;
const page = (keys: string[], pageSize: number, pageToken: string) =>
  pageOf(
    keys.map((key) => ({ key })),
    keyOf,
    compareTexts,
    { pageSize, pageToken },
  );

it('tells every item once, whatever the size of a page', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 10 }),
      (drawn, size) => {
        const keys = [...drawn].sort(compareTexts);
        const seen: string[] = [];
        let token = '';
        do {
          const { items, nextPageToken } = page(keys, size, token);
          expect(items.length).toBeLessThanOrEqual(size);
          seen.push(...items.map(keyOf));
          token = nextPageToken;
        } while (token !== '');
        expect(seen).toEqual(keys);
      },
    ),
  );
});

it('goes on behind an item that was deleted between two pages', () => {
  const first = page(['a', 'b', 'c', 'd'], 2, '');
  const second = page(['a', 'c', 'd'], 2, first.nextPageToken);
  expect(second.items.map(keyOf)).toEqual(['c', 'd']);
});

it('refuses a token that it did not give', () => {
  expect(() => page(['a'], 1, '!!')).toThrow(
    expect.objectContaining({ code: 'INVALID_PAGE_TOKEN' }),
  );
});
