/**
 * Measures one number of peers in the namespace that it is started in, and prints {@link Figures} as JSON: `node run.js PEERS ROUNDS`.
 * A process of its own, so that its memory and processor time are those of the reconciler.
 *
 * @module
 */
import type { KernelState } from '@poplin/backend';
import { silentLog } from '@poplin/net';
import { Reconciler } from '@poplin/reconciler';
import { type Cost, costOf, type Figures, medianOf } from './figures.js';
import { hostState, peerState } from './synthetic-peers.js';

const [peers = 1000, rounds = 20] = process.argv.slice(2).map(Number);
process.stdout.write(`${JSON.stringify(await measure())}\n`);

async function measure(): Promise<Figures> {
  const states = new Map<string, KernelState>(
    Array.from({ length: peers }, (_, i) => [`peer ${i}`, peerState(i)]),
  );
  let reconciler = start();
  await reconciler.adopt(new Map([['host', hostState]]));
  const before = process.memoryUsage.rss();
  const first = await costOf(() => allOf(reconciler, states));
  await quiet();
  const change = await repeated(async (i) => {
    const number = i % peers;
    await reconciler.set(`peer ${number}`, peerState(number, 3));
  });
  await quiet();
  const look = await repeated(() => expectRest(reconciler));
  const rss = process.memoryUsage.rss();
  await reconciler[Symbol.asyncDispose]();
  reconciler = start();
  const found = new Map([...states, ['host', hostState]]);
  for (let i = 0; i < Math.min(rounds, peers); i++) found.set(`peer ${i}`, peerState(i, 3));
  const adopt = await costOf(() => reconciler.adopt(found));
  await expectRest(reconciler);
  await reconciler[Symbol.asyncDispose]();
  const mebibytes = (bytes: number): number => bytes / 2 ** 20;
  return {
    peers,
    first,
    change,
    look,
    adopt,
    rss: mebibytes(rss),
    rssOfPeers: mebibytes(rss - before),
  };
}

function start(): Reconciler {
  return new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 3_600_000 });
}

async function allOf(reconciler: Reconciler, states: ReadonlyMap<string, KernelState>) {
  const { failures, refusal } = await reconciler.setAll(states);
  const [failure] = [...failures.values()].flat();
  if (failure ?? refusal) throw failure?.error ?? refusal;
}

/** A look that mends something would be measured as one that does not. */
async function expectRest(reconciler: Reconciler): Promise<void> {
  const { changed, failed, waiting } = await reconciler.look();
  if (changed.length + failed.length + waiting.length > 0) {
    throw new Error(`a look found something to do: ${changed[0] ?? failed[0]?.error.message}`);
  }
}

/** The first one is for the compiler. */
async function repeated(work: (round: number) => Promise<void>): Promise<Cost> {
  const costs: Cost[] = [];
  await work(0);
  for (let i = 1; i <= rounds; i++) costs.push(await costOf(() => work(i)));
  return medianOf(costs);
}

/** Until the events of the last step are read. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500));
}
