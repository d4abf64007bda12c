import { formatInstant, type Instant } from './age.js';

/**
 * One JSON document on one line. Times are ISO 8601; counts are numbers as long as JSON readers can hold them
 * exactly, else strings. No key is left out because its value is zero or empty.
 */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(plain(value))}\n`;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  }
  if (Array.isArray(value)) return value.map(plain);
  if (isInstant(value)) return formatInstant(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function isInstant(value: unknown): value is Instant {
  return (
    typeof value === 'object' &&
    value !== null &&
    'seconds' in value &&
    'nanos' in value &&
    typeof value.seconds === 'bigint'
  );
}
