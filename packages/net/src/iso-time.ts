const msOfDay = 86_400_000;

/** The day that was asked for last, counted from 1970, and how its times begin: `2026-01-31T`. */
let day = Number.NaN;
let date = '';

/**
 * A time as `Date.prototype.toISOString` writes it. Only the date is made by that: it is the same all day, and a process that mostly sleeps
 * waits for it longer than for all the rest of an address.
 *
 * @param ms - since 1970, whole; now, if nothing is said.
 * @throws {RangeError} beyond the years that a Date has.
 */
export function isoTime(ms: number = Date.now()): string {
  const today = Math.floor(ms / msOfDay);
  if (today !== day) {
    const [name = ''] = new Date(today * msOfDay).toISOString().split('T');
    date = `${name}T`;
    day = today;
  }
  const rest = ms - today * msOfDay;
  const hours = digits(rest / 3_600_000, 2);
  const minutes = digits((rest / 60_000) % 60, 2);
  const seconds = digits((rest / 1000) % 60, 2);
  return `${date}${hours}:${minutes}:${seconds}.${digits(rest % 1000, 3)}Z`;
}

function digits(value: number, count: number): string {
  return String(Math.floor(value)).padStart(count, '0');
}
