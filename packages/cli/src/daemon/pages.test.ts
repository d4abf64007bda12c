import { describe, expect, it } from 'vitest';
import { allPages } from './pages.js';

describe('a list in pages', () => {
  it('is read to its end, each page once', async () => {
    const next: Record<string, string> = { '': 'a', a: 'b', b: '' };
    const asked: string[] = [];
    const pages = await allPages(async (token) => {
      asked.push(token);
      return { nextPageToken: next[token] ?? '' };
    });
    expect(asked).toEqual(['', 'a', 'b']);
    expect(pages).toHaveLength(3);
  });

  it('that goes round in a circle is an error, not an endless loop', async () => {
    const pages = allPages(async (token) => ({ nextPageToken: token === 'a' ? 'b' : 'a' }));
    await expect(pages).rejects.toMatchObject({ code: 'REFUSED' });
  });
});
