/** What a backend from outside may take. */
export interface BackendLimits {
  /** Longest time without an answer while it plans, and to stop, ms. */
  readonly answerMs: number;
  /** Longest time to load and to start, ms. */
  readonly startMs: number;
  /** Time before a thread that ended is started anew, ms; doubled each time, up to {@link maxBackoffMs}. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Time after which a question that ended a thread is asked once more, ms. */
  readonly forgiveMs: number;
  /** Least time between two announcements that plans have changed, ms. */
  readonly announceMs: number;
  /** Heap of its thread, MiB. */
  readonly heapMib: number;
  /** Most characters of one answer. */
  readonly maxAnswer: number;
}

/** The limits in production. */
export const backendLimits: BackendLimits = {
  answerMs: 5_000,
  startMs: 30_000,
  backoffMs: 1_000,
  maxBackoffMs: 60_000,
  forgiveMs: 60_000,
  announceMs: 500,
  heapMib: 256,
  maxAnswer: 8 * 1024 * 1024,
};
