/**
 * `npm run bench -- <area>`: the one place for measurements. Without an area it lists them.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { BenchArea } from './area.js';
import { cni } from './cni/area.js';
import { dataplane } from './dataplane/area.js';
import { netlink } from './netlink.js';
import { peers } from './peers.js';
import { start } from './start.js';

const areas: readonly BenchArea[] = [cni, dataplane, netlink, peers, start];

const program = new Command('npm run bench --')
  .description('Measures one area.')
  .argument('[area]', 'what to measure; without it the areas are listed')
  .option('--json', 'print one JSON document on standard output, nothing else', false)
  .option('--rounds <count>', 'how many rounds', readRounds)
  .option('--plot <file>', 'also draw it as SVG into this file; area dataplane')
  .option(
    '--no-other-kernel',
    'leave out what only user-mode-linux can measure, as this kernel has no ipip; area dataplane',
  )
  .allowExcessArguments(false)
  .action(async (name: string | undefined, options: MeasureOptions) => {
    if (name === undefined) process.stdout.write(listAreas(options.json));
    else process.exitCode = await measure(name, options);
  });

await program.parseAsync();

/** What was asked for on the command line. */
interface MeasureOptions {
  readonly json: boolean;
  readonly rounds?: number;
  readonly plot?: string;
  readonly otherKernel: boolean;
}

async function measure(name: string, options: MeasureOptions): Promise<number> {
  const { json, rounds, plot, otherKernel } = options;
  const area = areas.find((one) => one.name === name);
  if (!area) {
    process.stderr.write(`There is no area ${name}. There is:\n${listAreas(false)}`);
    return 1;
  }
  try {
    if (plot !== undefined && !area.draws) {
      process.stderr.write(`bench  ${name} draws nothing; leave --plot out\n`);
      return 1;
    }
    if (!otherKernel && !area.bootsOtherKernel) {
      process.stderr.write(`bench  ${name} boots no other kernel; leave --no-other-kernel out\n`);
      return 1;
    }
    const progress = (what: string): void => void process.stderr.write(`bench  ${what}\n`);
    const report = await area.run({ rounds: rounds ?? area.defaultRounds, otherKernel, progress });
    if (plot !== undefined) await writeFile(plot, report.plot ?? '');
    process.stdout.write(`${json ? JSON.stringify(report.document) : report.text}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`bench  failed: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

function listAreas(json: boolean): string {
  if (json)
    return `${JSON.stringify(areas.map(({ name, description }) => ({ name, description })))}\n`;
  return areas.map(({ name, description }) => `  ${name.padEnd(10)} ${description}\n`).join('');
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 10_000) return rounds;
  throw new InvalidArgumentError('It is a whole number from 1 to 10000.');
}
