import { readFileSync } from 'node:fs';

/** Resident memory of one life of the daemon, MiB. */
export interface LifeMemory {
  readonly pid: number;
  readonly samples: number;
  readonly first: number;
  readonly last: number;
  readonly max: number;
  /** Median of the last quarter over that of the second; undefined when the life was too short to tell. */
  readonly growth: number | undefined;
}

/** Samples from which on growth can be told: less than that is the warm-up of the runtime. */
const enoughSamples = 40;

/**
 * Growth up to here counts as flat: the runtime collects garbage when it likes, and its heap may be a tenth larger at one time
 * than at another. What is kept of every pair is more than that within ten thousand pairs: a kibibyte each is 10 MiB.
 */
export const flatGrowth = 1.1;

/** Resident memory of a process, MiB (VmRSS of proc(5)); undefined when it has ended. */
export function residentMemory(pid: number): number | undefined {
  try {
    const [, kibibytes] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
  } catch {
    return undefined;
  }
}

/** Sums up the samples of one life. The first quarter is warm-up and does not count. */
export function summarizeLife(pid: number, samples: readonly number[]): LifeMemory {
  const quarter = Math.floor(samples.length / 4);
  const growth =
    samples.length < enoughSamples
      ? undefined
      : median(samples.slice(-quarter)) / median(samples.slice(quarter, 2 * quarter));
  return {
    pid,
    samples: samples.length,
    first: Math.round(samples[0] ?? 0),
    last: Math.round(samples.at(-1) ?? 0),
    max: Math.round(Math.max(0, ...samples)),
    growth: growth === undefined ? undefined : Math.round(growth * 100) / 100,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
