/**
 * One process of the measurement, in the namespace that it is started in: `node run.js program|adopt BACKEND PEERS ROUNDS` prints
 * {@link Programmed} or {@link Adopted} as JSON. A process of its own, so that its memory and processor time are those of the work.
 *
 * @module
 */
import { backends } from './backends.js';
import type { Adopted, Cost, Outcome, Programmed } from './figures.js';
import { costOf, medianOf } from './figures.js';
import { MeasuredNode, Unavailable } from './measured-node.js';
import { changedPeer, peersAfter } from './synthetic-peers.js';

const [phase, type, size = 1000, rounds = 20] = process.argv
  .slice(2)
  .map((argument, place) => (place < 2 ? argument : Number(argument))) as [
  string,
  string,
  number,
  number,
];
process.stdout.write(`${JSON.stringify(await outcome())}\n`);

async function outcome(): Promise<Outcome<Programmed | Adopted>> {
  const backend = backends.find((one) => one.type === type);
  if (!backend) throw new Error(`there is no backend ${type}`);
  await using node = await MeasuredNode.start(backend);
  try {
    return await (phase === 'adopt' ? adopt(node) : program(node));
  } catch (error) {
    if (error instanceof Unavailable) return { unavailable: error.message };
    throw error;
  }
}

async function program(node: MeasuredNode): Promise<Programmed> {
  await node.adoptHost();
  const before = process.memoryUsage.rss();
  node.know(peersAfter(size, 0));
  node.planAll();
  const first = await costOf(() => node.programAll());
  await quiet();
  // The first one is for the compiler.
  await node.change(0, changedPeer(size, 0));
  const change = await repeated(async (round) =>
    node.change(round % size, changedPeer(size, round)),
  );
  await quiet();
  await node.expectRest();
  const look = await repeated(() => node.expectRest());
  const rss = process.memoryUsage.rss();
  // After the memory was read: plans that are made to be thrown away would count as that of the peers.
  const plan = await repeated(() => node.planAll());
  return {
    costs: { plan, first, change, look },
    rss: mebibytes(rss),
    rssOfPeers: mebibytes(rss - before),
    planned: node.planned,
  };
}

async function adopt(node: MeasuredNode): Promise<Adopted> {
  node.know(peersAfter(size, rounds + 1));
  const cost = await costOf(() => node.adoptAll());
  await node.expectRest();
  return { adopt: cost };
}

async function repeated(work: (round: number) => unknown): Promise<Cost> {
  const costs: Cost[] = [];
  for (let round = 1; round <= rounds; round++) costs.push(await costOf(() => work(round)));
  return medianOf(costs);
}

/** Until the events of the last step are read. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500));
}

function mebibytes(bytes: number): number {
  return bytes / 2 ** 20;
}
