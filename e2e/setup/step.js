/** One line per step on standard error: what, done or skipped, how long. */
import { SetupError } from './command.js';

/**
 * Runs one step and tells of it.
 *
 * @param {string} name what the step puts in place
 * @param {() => string | Promise<string>} work does it and answers in a few words what it did
 */
export async function step(name, work) {
  process.stderr.write(`setup  ${name.padEnd(20)} `);
  const started = performance.now();
  const finish = (outcome) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    process.stderr.write(`${outcome} (${seconds} s)\n`);
  };
  try {
    finish(await work());
  } catch (error) {
    finish('failed');
    throw error;
  }
}

/** Tells on standard error why set-up ended, and what to do. */
export function reportFailure(error) {
  if (!(error instanceof SetupError)) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return;
  }
  const { command, output, message, remedy } = error;
  const lines = [
    ...(command ? ['', `$ ${command}`] : []),
    ...(output ? output.split('\n').map((line) => `  ${line}`) : []),
    '',
    `${message}.`,
    remedy,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
