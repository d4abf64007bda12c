import { type Figures, type Objects, type Work, works } from './figures.js';

/** How many times as much the greater number of peers takes. */
export interface Growth {
  readonly peers: number;
  /** Processor time of each work. */
  readonly cpu: Readonly<Record<Work, number>>;
  /** Memory that the peers take. */
  readonly rssOfPeers: number;
}

/** What was measured with one backend, or why it was not. */
export type BackendFigures =
  | { readonly backend: string; readonly unavailable: string }
  | {
      readonly backend: string;
      readonly few: Figures;
      readonly many: Figures;
      readonly growth: Growth;
    };

const names: Readonly<Record<Work, string>> = {
  plan: 'plan all peers',
  first: 'program all, first time',
  change: 'one changed peer',
  look: 'a look, nothing to do',
  adopt: 'a new process takes over',
};

const explanation = [
  'wall: what passed. CPU: user and system time of the whole process. times: CPU with the greater number of peers over CPU with the',
  'smaller one; work that grows linearly with the peers has the factor of the peers, work on one peer about 1. "One changed peer" is',
  'planned and programmed, "takes over" includes planning all. Both, and the looks, are checked to leave the kernel as planned; ip and',
  'bridge have counted the objects from outside. Figures of one run on one machine: compare those of one table.',
].join('\n');

/** Compares two numbers of peers. */
export function growthOf(few: Figures, many: Figures): Growth {
  const cpu = (work: Work): number => many.costs[work].cpu / few.costs[work].cpu;
  return {
    peers: many.peers / few.peers,
    cpu: {
      plan: cpu('plan'),
      first: cpu('first'),
      change: cpu('change'),
      look: cpu('look'),
      adopt: cpu('adopt'),
    },
    rssOfPeers: many.rssOfPeers / few.rssOfPeers,
  };
}

/** The figures as tables, one for each backend, and what they say. */
export function drawReport(measured: readonly BackendFigures[]): string {
  return [...measured.map(drawBackend), explanation].join('\n\n');
}

function drawBackend(figures: BackendFigures): string {
  if ('unavailable' in figures) {
    return `${figures.backend}: not measured, this kernel has none: ${figures.unavailable}`;
  }
  const { backend, few, many, growth } = figures;
  const both = [few, many];
  const row = (name: string, cells: readonly string[]): string =>
    name.padEnd(26) + cells.map((cell) => cell.padStart(14)).join('');
  const heads = both.flatMap(({ peers }) => [`${peers} wall`, 'CPU']);
  return [
    row(backend, [...heads, 'times']),
    ...works.map((work) => {
      const cells = both.flatMap(({ costs }) => [ms(costs[work].wall), ms(costs[work].cpu)]);
      return row(names[work], [...cells, times(growth.cpu[work])]);
    }),
    row(
      'memory (RSS)',
      both.flatMap(({ rss }) => ['', mib(rss)]),
    ),
    row('of which for the peers', [
      ...both.flatMap(({ rssOfPeers }) => ['', mib(rssOfPeers)]),
      times(growth.rssOfPeers),
    ]),
    ...both.map(({ peers, objects }) => `in the kernel with ${peers} peers: ${count(objects)}`),
  ].join('\n');
}

function count({ routes, neighbours, fdb }: Objects): string {
  return `${routes} routes, ${neighbours} neighbours, ${fdb} fdb entries`;
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function mib(value: number): string {
  return `${value.toFixed(0)} MiB`;
}

/** A dash where the smaller cost was less than the kernel's clock counts, 10 ms in user-mode-linux. */
function times(value: number): string {
  return Number.isFinite(value) ? `× ${value.toFixed(1)}` : '–';
}
