import { CommanderError } from 'commander';
import { describeFailure } from './error.js';
import { createProgram } from './program.js';
import type { Terminal } from './terminal.js';

/**
 * Runs poplinctl with these arguments (without node and script).
 *
 * @returns the exit status: 0, or 1 after a failure that was told on standard error.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // commander has told its own already; it throws for --help and --version too, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    terminal.complain(`poplinctl: ${describeFailure(error)}\n`);
    return 1;
  }
}
