import type { NftLibrary } from './library.js';

/** Commands for libnftables. Plain data: a context is the address of one, which every thread of the process can use. */
export interface NftJob {
  readonly context: unknown;
  /** JSON, as libnftables-json(5) has it. */
  readonly commands: string;
}

/** What libnftables answered. */
export interface NftResult {
  readonly failed: boolean;
  /** JSON, or nothing. */
  readonly output: string;
  /** Its words about what failed. */
  readonly words: string;
}

/** Runs commands in a context, which nobody else may use meanwhile. */
export function executeNftables(library: NftLibrary, { context, commands }: NftJob): NftResult {
  const failed = library.run(context, commands) !== 0;
  const words = library.error(context).trim();
  // Taken in any case: libnftables clears the buffer when it is read.
  return { failed, words, output: library.output(context) };
}
