import { Daemon } from '../daemon/connection.js';
import { formatJson } from '../output/json.js';
import type { Terminal } from '../terminal.js';

/** The options that every command has. */
export interface GlobalOptions {
  /** Path of the daemon's socket. */
  readonly socket: string;
  /** True for one JSON document instead of a table. */
  readonly json: boolean;
  /** For one call of the daemon, milliseconds. */
  readonly timeout: number;
}

/** What a command gets to work with. */
export interface CommandContext {
  readonly options: GlobalOptions;
  readonly terminal: Terminal;
}

/** A connection as the global options want it. */
export function openDaemon({ options }: CommandContext): Daemon {
  return new Daemon({ socket: options.socket, timeoutMs: options.timeout });
}

/** Prints the answer in the form that was asked for. */
export function answer(context: CommandContext, document: unknown, text: () => string): void {
  context.terminal.print(context.options.json ? formatJson(document) : text());
}
