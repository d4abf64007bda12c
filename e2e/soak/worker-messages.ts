import type { DoubleUse } from './book.js';

/** What the worker is told. */
export interface WorkerOptions {
  readonly plugin: string;
  /** The network configuration, as it goes to the plugin. */
  readonly config: string;
  /** Paths of the namespaces that containers take turns in; at least as many as `concurrency`. */
  readonly namespaces: readonly string[];
  readonly pairs: number;
  /** Whether it goes on behind its pairs, until it is told that this is enough. */
  readonly goesOn: boolean;
  readonly concurrency: number;
  readonly seed: number;
}

/** What it is told meanwhile. */
export interface WorkerOrder {
  readonly type: 'enough';
}

/** What it tells at the end. */
export interface WorkerReport {
  /** Pairs that were begun, and ended. */
  readonly begun: number;
  /** ADDs that succeeded. */
  readonly added: number;
  /** How many ADDs failed, by CNI code; -1 is an answer without one. */
  readonly failedAdds: Readonly<Record<string, number>>;
  /** How many DELs failed and were repeated, by CNI code. */
  readonly failedDels: Readonly<Record<string, number>>;
  readonly doubles: readonly DoubleUse[];
}

/** What it says meanwhile, and at the end. */
export type WorkerMessage =
  | { readonly type: 'begun'; readonly pairs: number }
  | { readonly type: 'report'; readonly report: WorkerReport };
