/** Checks that must fail one after the other before a failure is told: peers start at different moments, too. */
export const failuresBeforeTold = 3;

/** Longest time between two checks of a path that does not work, ms. */
const longest = 600_000;

/**
 * How long to wait before a path is checked again that did not work so many times, ms: 2 s, 4 s, 8 s, … 10 min, and up to a half more,
 * so that nodes do not ask in step.
 *
 * @param unit - half of the first pause, ms.
 */
export function retryDelay(failures: number, random: () => number, unit = 1000): number {
  return Math.min(longest, unit * 2 ** Math.min(failures, 20)) * (1 + random() / 2);
}
