import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesKey, Remembered, textKey } from './remembered.js';

/** A memory with a count of how often something had to be made. */
function counted() {
  const memory = new Remembered<Uint8Array, string>(bytesKey);
  const parts = { made: 0 };
  const recall = (bytes: Uint8Array): string =>
    memory.recall(bytes, () => {
      parts.made++;
      return Buffer.from(bytes).toString('latin1');
    });
  return { parts, recall };
}

describe('what is remembered', () => {
  it('is what would be made anew, whatever was asked for before', () => {
    const bytes = fc.uint8Array({ maxLength: 3, max: 2 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 60 }), (keys) => {
        const { recall } = counted();
        for (const key of keys) expect(recall(key)).toBe(Buffer.from(key).toString('latin1'));
      }),
    );
  });

  it('is made once, and of one changed byte anew', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (key, at, by) => {
        const { parts, recall } = counted();
        recall(key);
        recall(Uint8Array.from(key));
        expect(parts.made).toBe(1);
        const other = Uint8Array.from(key);
        const place = at % key.length;
        other[place] = ((other[place] ?? 0) + by) % 256;
        recall(other);
        expect(parts.made).toBe(2);
      }),
    );
  });

  it('is not fooled by bytes that change once they have been asked for', () => {
    const { recall } = counted();
    const bytes = Buffer.from('abc');
    expect(recall(bytes)).toBe('abc');
    bytes[0] = 0x78;
    expect(recall(bytes)).toBe('xbc');
    expect(recall(Buffer.from('abc'))).toBe('abc');
  });

  it('is the last 16, whichever were asked for last, and nothing long', () => {
    const { parts, recall } = counted();
    for (let i = 0; i < 17; i++) recall(Uint8Array.of(i));
    for (let i = 16; i > 0; i--) recall(Uint8Array.of(i));
    expect(parts.made).toBe(17);
    recall(Uint8Array.of(0));
    recall(Uint8Array.of(16));
    expect(parts.made).toBe(19);
    const long = new Uint8Array(16 * 1024 + 1);
    recall(long);
    recall(long);
    expect(parts.made).toBe(21);
  });

  it('may be nothing, of a text', () => {
    const memory = new Remembered<string, undefined>(textKey);
    let made = 0;
    for (const text of ['a', 'a', 'b', 'a']) memory.recall(text, () => void made++);
    expect(made).toBe(2);
  });
});
