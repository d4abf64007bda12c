import { InvalidArgumentError } from 'commander';

/** Units of 1000, the greatest first: traffic is counted so, unlike memory. */
const units: readonly [string, bigint][] = [
  ['T', 10n ** 12n],
  ['G', 10n ** 9n],
  ['M', 10n ** 6n],
  ['k', 10n ** 3n],
];

/** More than any rate or burst: a typing error, not a wish. */
const most = 10n ** 15n;

/**
 * Reads bits, or bits per second: `10M` is 10,000,000; `2.5G`, `800k`, `64000`.
 *
 * @throws {InvalidArgumentError} for a text that is none, or 0: to have no limit is another option.
 */
export function parseBits(text: string): bigint {
  const parts = /^(\d{1,15})(?:\.(\d{1,12}))?([kKMGT]?)$/.exec(text);
  const [, whole = '', fraction = '', unit = ''] = parts ?? [];
  const size = units.find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1] ?? 1n;
  const scaled = BigInt(`${whole}${fraction}`) * size;
  const divisor = 10n ** BigInt(fraction.length);
  if (!parts || scaled === 0n || scaled % divisor !== 0n || scaled / divisor > most) {
    throw new InvalidArgumentError('It must be a number of bits such as 800k, 10M or 2.5G.');
  }
  return scaled / divisor;
}

/** Bits in the greatest unit that takes at most three digits behind the point, else as they are: `10M`, `2.5G`, `1234567`. */
export function formatBits(bits: bigint): string {
  for (const [name, size] of units) {
    if (bits < size || bits % (size / 1000n) !== 0n) continue;
    const thousandths = `${(bits % size) / (size / 1000n)}`.padStart(3, '0').replace(/0+$/, '');
    return `${bits / size}${thousandths === '' ? '' : `.${thousandths}`}${name}`;
  }
  return `${bits}`;
}
