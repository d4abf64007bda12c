import { describe, expect, it } from 'vitest';
import { nftRefusal } from './refusal.js';

describe('what libnftables refuses', () => {
  it("carries the number of the kernel's error, wherever its words are", () => {
    const cases: [words: string, errno: number | undefined][] = [
      ['internal:0:0-0: Error: Could not process rule: File exists', 17],
      ['internal:0:0-0: Error: Could not process rule: No such file or directory\n\n\n', 2],
      ['internal:0:0-0: Error: No such file or directory; did you mean set ‘a: b’ in table t?', 2],
      ['Error: first\ninternal:0:0-0: Error: Could not process rule: Device or resource busy', 16],
      ['Error: Could not process rule: Operation not supported', 95],
      ['netlink: Error: cache initialization failed: Operation not permitted', 1],
      ['internal:0:0-0: Error: Invalid set flag at index 1.', undefined],
      ['', undefined],
    ];
    for (const [words, errno] of cases) {
      expect(nftRefusal('x', words)).toMatchObject({ code: 'NFTABLES', errno, kernelText: words });
    }
  });

  it('says what to do without CAP_NET_ADMIN, when to try again, and something in any case', () => {
    const denied = nftRefusal('x', 'Error: Could not process rule: Operation not permitted');
    expect(denied.remedy).toContain('CAP_NET_ADMIN');
    expect(denied.retryable).toBe(false);
    const busy = nftRefusal('x', 'Error: Could not process rule: Device or resource busy');
    expect(busy.retryable).toBe(true);
    expect(nftRefusal('run', '').message).toBe('run: libnftables gave no reason');
  });
});
