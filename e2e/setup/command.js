/** Runs a command and keeps what it says for the day it fails. */
import { spawn } from 'node:child_process';
import { checkout } from './checkout.js';

/** Lines of a failed command's output that are shown: its end, and its beginning, where npm says what is wrong. */
const firstLines = 10;
const lastLines = 40;

/** A step of set-up that failed, with all that a person needs to go on. */
export class SetupError extends Error {
  /**
   * @param {string} message what failed and why
   * @param {{ command?: string, output?: string, remedy: string }} facts
   */
  constructor(message, { command, output, remedy }) {
    super(message);
    this.command = command;
    this.output = output === undefined ? undefined : excerpt(output);
    this.remedy = remedy;
  }
}

function excerpt(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= firstLines + lastLines) return lines.join('\n');
  return [...lines.slice(0, firstLines), '…', ...lines.slice(-lastLines)].join('\n');
}

/**
 * Runs a command in the checkout, with nothing on its standard input.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, remedy: string }} options
 * @returns {Promise<string>} what it printed on standard output
 * @throws {SetupError} when it cannot be started or does not exit 0
 */
export function run(file, args, { env = process.env, cwd = checkout, remedy }) {
  const command = [file, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', (cause) =>
      reject(new SetupError(`${file} cannot be run: ${cause.message}`, { command, remedy })),
    );
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new SetupError(`${file} ended with ${signal ?? `exit status ${code}`}`, {
            command,
            output,
            remedy,
          }),
        );
    });
  });
}
