const units: readonly [string, number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

/** A point in time as protobuf has it (google.protobuf.Timestamp). */
export interface Instant {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: bigint;
  readonly nanos: number;
}

/** How long ago a time was, in its largest unit: `45s`, `3m`, `2h`, `12d`. A time to come, as clocks differ, is `0s`. */
export function formatAge(instant: Instant | undefined, nowMs: number): string {
  if (!instant) return '';
  const age = Math.max(0, Math.floor(nowMs / 1000) - Number(instant.seconds));
  const [unit, seconds] = units.find(([, size]) => age >= size) ?? ['s', 1];
  return `${Math.floor(age / seconds)}${unit}`;
}

/** A time in the form of ISO 8601, UTC, milliseconds. */
export function formatInstant(instant: Instant): string {
  return new Date(Number(instant.seconds) * 1000 + Math.floor(instant.nanos / 1e6)).toISOString();
}
