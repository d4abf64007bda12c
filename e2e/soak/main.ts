/**
 * `npm run soak`: ADD and DEL, again and again, many at once, while the daemon is killed at random. Exits 1 when an
 * address was handed out twice, something was left behind, or memory grew.
 *
 * @module
 */
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Course } from './memory.js';
import { faultsOf, type SoakOptions, type SoakReport, soak } from './run.js';

const program = new Command('npm run soak --')
  .description('Runs ADD/DEL pairs on one host while its daemon is killed at random.')
  .option('--pairs <count>', 'how many pairs', wholeNumber(1, 10_000_000), 10_000)
  .option('--concurrency <count>', 'how many at once', wholeNumber(1, 512), 32)
  .option('--kills <count>', 'how often the daemon is killed', wholeNumber(0, 10_000), 20)
  .option('--seed <number>', 'what a run is repeated by', wholeNumber(0, 2 ** 32 - 2))
  .addOption(
    new Option('--attach <mode>', 'how pods are attached')
      .choices(['routed', 'bridge'])
      .default('routed'),
  )
  .option('--json', 'print one JSON document on standard output, nothing else', false)
  .allowExcessArguments(false)
  .action(
    async (options: Omit<SoakOptions, 'progress' | 'seed'> & { json: boolean; seed?: number }) => {
      process.exitCode = await main(options);
    },
  );

await program.parseAsync();

async function main({
  json,
  ...options
}: Omit<SoakOptions, 'progress' | 'seed'> & { json: boolean; seed?: number }): Promise<number> {
  const progress = (what: string): void => void process.stderr.write(`soak  ${what}\n`);
  const seed = options.seed ?? randomInt(2 ** 32 - 1);
  progress(`seed ${seed}; the same run again: --seed ${seed}`);
  try {
    const report = await soak({ ...options, seed, progress });
    const faults = faultsOf(report);
    process.stdout.write(
      `${json ? JSON.stringify({ ...report, faults }) : draw(report, faults)}\n`,
    );
    return faults.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`soak  failed: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

function draw(report: SoakReport, faults: readonly string[]): string {
  const counts = (failed: Readonly<Record<string, number>>): string =>
    Object.entries(failed)
      .map(([code, count]) => `${count} with code ${code}`)
      .join(', ') || 'none';
  return [
    `seed          ${report.seed}`,
    `pairs         ${report.begun}, ${report.concurrency} at once, ${report.seconds} s`,
    `ADDs          ${report.added} succeeded; failed: ${counts(report.failedAdds)}`,
    `DELs repeated ${counts(report.failedDels)}`,
    `kills         ${report.kills}`,
    `double use    ${report.doubles.length}`,
    `leaks         ${report.leaks.length}`,
    ...report.memory.map(
      ({ pid, samples, resident, heap }) =>
        `memory        pid ${pid}, ${samples} samples: resident ${course(resident)}; heap ${course(heap)}`,
    ),
    faults.length === 0 ? 'All is well.' : `FAULTS\n  ${faults.join('\n  ')}`,
  ].join('\n');
}

function course({ first, last, max, growth }: Course): string {
  const grown = growth === undefined ? '' : `, growth ${growth}`;
  return `${first} → ${last} MiB, at most ${max}${grown}`;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}
