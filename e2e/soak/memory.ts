/** Memory of the daemon just after its garbage was collected, bytes. */
export interface MemorySample {
  readonly pid: number;
  /** Resident memory. */
  readonly resident: number;
  /** What lives on the heap of JavaScript. */
  readonly heap: number;
}

/** Memory of one life of the daemon, MiB. */
export interface LifeMemory {
  readonly pid: number;
  readonly samples: number;
  readonly resident: Course;
  readonly heap: Course;
}

/** How a size went, MiB. */
export interface Course {
  readonly first: number;
  readonly last: number;
  readonly max: number;
  /** Median of the last quarter over that of the second; undefined when the life was too short to tell. */
  readonly growth: number | undefined;
}

/** Environment variable that names the file with the samples. */
export const memoryLog = 'POPLIN_SOAK_MEMORY';

/** Milliseconds between two collections. */
export const sampleMs = 500;

/**
 * Samples from which on growth can be told, 40 s: less than that is the warm-up of the runtime. A daemon that was killed after 15 s had
 * grown by 13 % from its second quarter to its last, one of 25 s by 9 %, one that lived for 90 s by 1 %.
 */
const enoughSamples = 80;

/**
 * Growth up to here counts as flat. The heap that lives is some 30 MiB: what is kept of every pair shows from about a kibibyte
 * each in a run of ten thousand.
 */
export const flatGrowth = 1.1;

/** Tells whether growth can be told of the last life. */
export function isLongEnough(samples: readonly MemorySample[]): boolean {
  const last = samples.at(-1)?.pid;
  return samples.filter(({ pid }) => pid === last).length >= enoughSamples;
}

/** One line of the file. */
export function formatSample({ pid, resident, heap }: MemorySample): string {
  return `${pid} ${resident} ${heap}`;
}

/** Reads the file; a last line that a kill has cut is left out. */
export function parseSamples(text: string): readonly MemorySample[] {
  return text.split('\n').flatMap((line, index, lines) => {
    const [pid = 0, resident = 0, heap] = line.split(' ').map(Number);
    return heap === undefined || index === lines.length - 1 ? [] : [{ pid, resident, heap }];
  });
}

/** Sums up the samples, life by life. The first quarter of a life is warm-up and does not count for growth. */
export function summarizeLives(samples: readonly MemorySample[]): readonly LifeMemory[] {
  return [...new Set(samples.map(({ pid }) => pid))].map((pid) => {
    const own = samples.filter((sample) => sample.pid === pid);
    const resident = courseOf(own.map((sample) => sample.resident));
    const heap = courseOf(own.map((sample) => sample.heap));
    return { pid, samples: own.length, resident, heap };
  });
}

function courseOf(sizes: readonly number[]): Course {
  const quarter = Math.floor(sizes.length / 4);
  const growth =
    sizes.length < enoughSamples
      ? undefined
      : median(sizes.slice(-quarter)) / median(sizes.slice(quarter, 2 * quarter));
  return {
    first: mebibytes(sizes[0] ?? 0),
    last: mebibytes(sizes.at(-1) ?? 0),
    max: mebibytes(Math.max(0, ...sizes)),
    growth: growth === undefined ? undefined : Math.round(growth * 100) / 100,
  };
}

const mebibytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
