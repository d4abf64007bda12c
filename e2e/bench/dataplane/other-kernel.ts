import { loadavg } from 'node:os';
import { pathToFileURL } from 'node:url';
import { checkout } from '../../lab/index.js';
import type { BenchOptions } from '../area.js';
import { round } from '../statistics.js';
import type { Comparison } from './comparison.js';

/** Rounds inside at the most: each takes half a minute and more. */
const mostRounds = 5;

/** Five minutes are usual on two processors, some of which are for others. */
const timeLimitMs = 30 * 60_000;

/** How the lines begin by which inside.ts tells what it does. */
const linePrefix = 'bench  ';

/**
 * Boots user-mode-linux, which has ipip, and measures there (e2e/uml/README.md).
 *
 * @throws Error with the end of its console, when it does not boot, fails, takes too long, or is interrupted by a signal
 */
export async function compareInOtherKernel({
  rounds,
  progress,
}: Pick<BenchOptions, 'rounds' | 'progress'>): Promise<Comparison> {
  const { unpackArchive } = await plainModule<ArchiveModule>('e2e/setup/debian-archive.js');
  const { runInOtherKernel } = await plainModule<BootModule>('e2e/uml/boot.js');
  const { quote } = await plainModule<MachineModule>('e2e/uml/machine.js');
  for (const name of ['user-mode-linux', 'kmod'] as const)
    progress(`other kernel: ${name}: ${await unpackArchive(name)}`);

  const inside = `${checkout}/e2e/dist/bench/dataplane/inside.js`;
  const words = [process.execPath, inside, String(Math.min(rounds, mostRounds))];
  const { status, output, report } = await untilInterrupted((signal) =>
    runInOtherKernel(words.map(quote).join(' '), {
      signal,
      onOutput: eachLine((line) => {
        if (line.startsWith(linePrefix)) progress(`other kernel: ${line.slice(linePrefix.length)}`);
      }),
    }),
  );
  if (status !== 0 || report === undefined)
    throw new Error(`inside the other kernel, exit status ${status}:\n${output.trimEnd()}`);
  const { machine, ...comparison } = JSON.parse(report) as Comparison;
  const load = round(loadavg()[0] ?? Number.NaN);
  return { ...comparison, machine: { ...machine, load } };
}

/** Runs something until it ends by itself, the time is up, or somebody wants this process to end. */
async function untilInterrupted<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const interrupt = (name: NodeJS.Signals): void => interrupted.abort(name);
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, interrupt);
  try {
    return await run(AbortSignal.any([interrupted.signal, AbortSignal.timeout(timeLimitMs)]));
  } finally {
    for (const name of names) process.off(name, interrupt);
  }
}

/** Hears text as it comes, and tells of each line that is whole. */
export function eachLine(tell: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tell(line);
  };
}

/** Loads JavaScript that is not compiled, as it runs before anything is. */
async function plainModule<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(`${checkout}/${path}`).href)) as T;
}

interface ArchiveModule {
  readonly unpackArchive: (name: 'user-mode-linux' | 'kmod') => Promise<string>;
}

interface BootModule {
  readonly runInOtherKernel: (
    command: string,
    options: { readonly signal: AbortSignal; readonly onOutput: (text: string) => void },
  ) => Promise<{
    readonly status: number;
    readonly output: string;
    readonly report: string | undefined;
  }>;
}

interface MachineModule {
  readonly quote: (word: string) => string;
}
