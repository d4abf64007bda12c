import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000 };

/**
 * Reads the value of `--wait`: a number with `s` or `m`, above zero and up to an hour.
 *
 * @returns milliseconds.
 * @throws {InvalidArgumentError}
 */
export function parseWait(text: string): number {
  const [, number, unit] = /^(\d{1,4})([sm])$/.exec(text) ?? [];
  const ms = Number(number) * (unitMs[unit ?? ''] ?? Number.NaN);
  if (ms > 0 && ms <= 3_600_000) return ms;
  throw new InvalidArgumentError('It must be a time above 0 and up to an hour: 30s, 5m.');
}
