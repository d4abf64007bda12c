import { describe, expect, it } from 'vitest';
import { formatJson } from './json.js';

describe('a JSON document', () => {
  it('is one line that keeps zeros, empty texts and empty lists', () => {
    expect(formatJson({ a: 0, b: '', c: [], d: false, e: { f: 0n } })).toBe(
      '{"a":0,"b":"","c":[],"d":false,"e":{"f":0}}\n',
    );
  });

  it('has times as ISO 8601', () => {
    expect(formatJson([{ at: { seconds: 0n, nanos: 5_000_000 } }])).toBe(
      '[{"at":"1970-01-01T00:00:00.005Z"}]\n',
    );
  });

  it('has counts as numbers until readers would round them', () => {
    expect(formatJson([2n ** 53n - 1n, 2n ** 64n - 1n])).toBe(
      '[9007199254740991,"18446744073709551615"]\n',
    );
  });
});
