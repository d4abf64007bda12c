/** What a node tells of itself. */
export interface DaemonReport {
  /** Time between two turns of a timer of 1 ms on the main thread, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly counters: Readonly<Record<string, number>>;
}
