import { spawn } from 'node:child_process';
import { LabError } from './error.js';

/** A command that has ended. */
export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status; -1 when a signal ended it. */
  readonly status: number;
  /** Milliseconds from the moment before it was started to its exit. */
  readonly ms: number;
}

/** How to run a command. */
export interface ExecuteOptions {
  /** What it reads on standard input; nothing by default. */
  readonly input?: string;
  /** Its whole environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which it is killed; 30,000 by default. */
  readonly timeoutMs?: number;
}

/** What every command of the lab gets: little, and nothing that slows Node down. */
export const plainEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: process.env.HOME ?? '/root',
  LC_ALL: 'C',
};

/**
 * Runs a command to its end, whatever that is.
 *
 * @throws LabError when it cannot be started
 */
export function execute(argv: readonly string[], options: ExecuteOptions = {}): Promise<Finished> {
  const [file = '', ...args] = argv;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: options.env ?? plainEnvironment,
      timeout: options.timeoutMs ?? 30_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    let ms = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A command that ends without reading its input closes the pipe under our hands: its status tells enough.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => reject(new LabError(`${file} cannot be run`, { cause })));
    child.on('exit', () => {
      ms = performance.now() - started;
    });
    child.on('close', (status) => resolve({ stdout, stderr, status: status ?? -1, ms }));
  });
}

/**
 * Runs a command that has to succeed.
 *
 * @returns what it printed
 * @throws LabError with what it said, when it does not exit 0
 */
export async function must(argv: readonly string[], options?: ExecuteOptions): Promise<string> {
  const { status, stdout, stderr } = await execute(argv, options);
  if (status === 0) return stdout;
  const said = (stderr || stdout).trim();
  throw new LabError(`${argv.join(' ')}: exit status ${status}${said ? `: ${said}` : ''}`);
}

/** Runs lines of `ip` in one process: `link add …`, `-n NS addr add …` are not possible in one batch. */
export async function ipBatch(lines: readonly string[], namespace?: string): Promise<void> {
  const where = namespace === undefined ? [] : ['-n', namespace];
  await must(['ip', ...where, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}
