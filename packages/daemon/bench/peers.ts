/**
 * What many peers cost with each backend: `npm run bench -- peers`.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { backends } from './backends.js';
import type { Adopted, Figures, Outcome, Programmed } from './figures.js';
import { Namespace } from './namespace.js';
import { type BackendFigures, drawReport, growthOf } from './report.js';

/** How to measure: how many changes and looks, and who hears what is being done. */
export interface Options {
  readonly rounds: number;
  readonly progress: (what: string) => void;
}

/** What was measured: a document for machines, and the same as text. */
export interface Report {
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Numbers of peers that are measured. */
const sizes = [1000, 5000] as const;

/** Needs root, `ip` and `bridge`. Makes its own namespaces. */
export async function measurePeers({ rounds, progress }: Options): Promise<Report> {
  const measured: BackendFigures[] = [];
  for (const { type } of backends) {
    const outcomes: Outcome<Figures>[] = [];
    for (const size of sizes) {
      progress(`${type}, ${size} peers, ${rounds} changes and looks`);
      outcomes.push(await measureSize(type, size, rounds));
    }
    const [few, many] = outcomes;
    if (!few || !many) throw new Error('two numbers of peers are compared');
    if ('unavailable' in few) measured.push({ backend: type, unavailable: few.unavailable });
    else if ('unavailable' in many) measured.push({ backend: type, unavailable: many.unavailable });
    else measured.push({ backend: type, few, many, growth: growthOf(few, many) });
  }
  const units = { time: 'ms', memory: 'MiB' };
  return {
    document: { area: 'peers', units, rounds, backends: measured },
    text: drawReport(measured),
  };
}

async function measureSize(type: string, size: number, rounds: number): Promise<Outcome<Figures>> {
  using namespace = new Namespace();
  const inside = async (phase: string): Promise<unknown> => {
    const program = fileURLToPath(new URL('run.js', import.meta.url));
    const command = [process.execPath, program, phase, type, `${size}`, `${rounds}`];
    const args = ['netns', 'exec', namespace.name, ...command];
    return JSON.parse((await promisify(execFile)('ip', args)).stdout);
  };
  const programmed = (await inside('program')) as Outcome<Programmed>;
  if ('unavailable' in programmed) return programmed;
  const { costs, planned, rss, rssOfPeers } = programmed;
  const expectAll = (): void => {
    const { objects } = namespace;
    if (isDeepStrictEqual(objects, planned)) return;
    const [there, wanted] = [objects, planned].map((some) => JSON.stringify(some));
    throw new Error(`${type}: the kernel has ${there}, the plans are ${wanted}`);
  };
  expectAll();
  const adopted = (await inside('adopt')) as Outcome<Adopted>;
  if ('unavailable' in adopted) return adopted;
  expectAll();
  const all = { ...costs, adopt: adopted.adopt };
  return { peers: size, costs: all, rss, rssOfPeers, objects: planned };
}
