import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AddRequest, CniServiceService, DelRequest } from '@poplin/api';
import { describeError, type Log } from '@poplin/net';
import type { Netns } from '@poplin/netlink';
import { callAtOnce } from '../rpc/index.js';
import type { LocalNode } from '../start/local-node.js';
import { watchCalls } from './compiler.js';
import { openStage, type Stage } from './stage.js';
import type { WatchfulCompiler } from './watchful-compiler.js';

/** What a rehearsal is started with. */
export interface RehearsalOptions {
  /** The node whose part is rehearsed. */
  readonly node: LocalNode;
  /** Where it keeps its files; removed afterwards. */
  readonly folder: string;
  /** How many ADDs and DELs the daemon has been asked for. */
  readonly calls: () => number;
  readonly log: Log;
}

/**
 * Rounds of pods, as many in a round as a stage has places. They take turns on two stages: what V8 has seen of one alone it takes for what
 * there always is, and gives its code up when it meets the node's. Both are there to the end, since it forgets what has gone.
 */
const rounds = 27;

/** So many pods are watched first, for V8 to see what there is. */
const watched = 96;

/** With so many, by then, all that is called is compiled. The rest is for what comes to light by that. */
const compiled = 192;

/** How long the shim waits for the answer to an ADD and to a DEL, ms. */
const patience = { add: 30_000, del: 10_000 };

/**
 * How long a caller waits for an answer, ms. It is part of what it says, and that differs between calls: what was understood is
 * remembered, and both have to be rehearsed, to remember and to know.
 */
const timeoutOf = (call: keyof typeof patience, number: number): number =>
  patience[call] - Math.floor(number / 4);

/** While one of so many pods is there, the kernel is looked at; odd, so that some of these have a host port and some have not. */
const lookEvery = 9;

/** After this, ms, a call comes alone (`Calls`), as on most nodes; half of the pods take it. */
const pause = 25;

/** Who was called as often needs no rehearsal. */
const enough = 400;

/** Nobody may have called for as long, ms: those who wait for a daemon call when it is there. */
const quiet = 1000;

/**
 * Has this process attach and detach pods on a stage of its own, as soon as nobody calls, so that the code which a runtime will wait for
 * is compiled before it does. Makes way for every call. Its failure is told to the log, and is nobody's misfortune.
 *
 * Disposal breaks it off, and settles when nothing of it is left.
 */
export function startRehearsal(options: RehearsalOptions): AsyncDisposable {
  const ending = new AbortController();
  const { signal } = ending;
  const done = rehearse(options, signal).catch((error: unknown) => {
    if (signal.aborted) return;
    const why = `cannot rehearse: ${describeError(error)}. The first pods take a little longer`;
    options.log.warn({ err: error }, why);
  });
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await done;
    },
  };
}

async function rehearse(options: RehearsalOptions, signal: AbortSignal): Promise<void> {
  const { node, folder, calls, log } = options;
  const isNeeded = () => calls() < enough;
  await silence(calls, signal);
  if (!isNeeded()) return;
  const started = performance.now();
  await using _folder = await emptyFolder(folder);
  await using one = await openStage(node, join(folder, '1'));
  await using other = await openStage(node, join(folder, '2'));
  using compiler = watchCalls();
  let pods = 0;
  for (let round = 0; round < rounds && isNeeded(); round++) {
    pods += await playRound(round % 2 === 0 ? one : other, pods, { calls, signal, compiler });
  }
  log.info({ pods, ms: Math.round(performance.now() - started) }, 'rehearsed');
}

/** Makes a folder, without what a crash has left in it; disposal removes it. */
async function emptyFolder(path: string): Promise<AsyncDisposable> {
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  await remove();
  await mkdir(path, { recursive: true, mode: 0o700 });
  return { [Symbol.asyncDispose]: remove };
}

/** What a round goes through with. */
interface RoundContext {
  readonly calls: () => number;
  readonly signal: AbortSignal;
  readonly compiler: WatchfulCompiler;
}

/** How much is compiled when this pod comes, 0 to 1. */
function shareOf(pod: number): number {
  return Math.min(1, (pod - watched) / (compiled - watched));
}

/** A pod at each place of the stage. @returns how many there were. */
async function playRound(
  stage: Stage,
  first: number,
  { calls, signal, compiler }: RoundContext,
): Promise<number> {
  for (const [place, netns] of stage.pods.entries()) {
    const heard = calls();
    const number = first + place;
    if (number >= watched) compiler.compile(shareOf(number));
    await playPod(stage, netns, number, number % 4 < 2 ? pause : 0);
    signal.throwIfAborted();
    if (calls() !== heard) await silence(calls, signal);
  }
  await stage.look();
  await stage.reap();
  return stage.pods.length;
}

/** Settles when nobody has called for a while. */
async function silence(calls: () => number, signal: AbortSignal): Promise<void> {
  for (let heard = -1; heard !== calls(); ) {
    heard = calls();
    await sleep(quiet, undefined, { signal, ref: false });
  }
}

/** One pod comes and goes, with a pause before either. */
async function playPod(
  { socket, look }: Stage,
  netns: Netns,
  number: number,
  pauseMs: number,
): Promise<void> {
  const call = callOf(netns, number);
  const { add, del } = CniServiceService;
  const added = AddRequest.encode(AddRequest.create(call)).finish();
  await sleep(pauseMs);
  await callAtOnce(socket, {
    path: add.path,
    message: added,
    timeoutMs: timeoutOf('add', number),
  });
  if (number % lookEvery === 0) await look();
  const removed = DelRequest.encode(DelRequest.create(call)).finish();
  await sleep(pauseMs);
  await callAtOnce(socket, {
    path: del.path,
    message: removed,
    timeoutMs: timeoutOf('del', number),
  });
}

/**
 * What the shim says of a pod of containerd's. V8 compiles for what it has seen: whatever is longer, or there at all, in a runtime's
 * call alone has a function interpreted again when the first pod comes.
 */
function callOf(netns: Netns, number: number) {
  const containerId = number.toString(16).padStart(64, '0');
  const args = [
    'IgnoreUnknown=1',
    'K8S_POD_NAMESPACE=rehearsal',
    `K8S_POD_NAME=pod-${number}`,
    `K8S_POD_INFRA_CONTAINER_ID=${containerId}`,
    `K8S_POD_UID=${randomUUID()}`,
  ];
  return {
    containerId,
    netns: `/proc/self/fd/${netns.fd}`,
    ifname: 'eth0',
    args: args.join(';'),
    path: '/opt/cni/bin',
    config: configOf(number),
    netnsDevice: netns.device,
    netnsInode: netns.inode,
    callerPid: process.pid,
    netnsFd: netns.fd,
  };
}

/** What a list of plugins may say besides; what is left out is as usual. */
const wishes = [
  {},
  { masquerade: { enabled: true } },
  { attach: { isolation: false } },
  { attach: { hairpin: false }, masquerade: {} },
  { masquerade: { except: [] }, attach: {} },
] as const;

/**
 * Every other pod has a host port. Nor do all ask for the same: to V8 objects with other properties are of another kind, and what it has
 * compiled for a few kinds it gives up when the next one comes.
 */
function configOf(number: number): Buffer {
  const hostPort = 30_000 + number;
  const portMappings = [{ hostPort, containerPort: 80, protocol: 'tcp' }];
  return Buffer.from(
    JSON.stringify({
      ...{ cniVersion: '1.0.0', name: 'poplin', type: 'poplin' },
      ...wishes[number % wishes.length],
      ...(number % 2 === 0 && {
        capabilities: { portMappings: true },
        runtimeConfig: { portMappings },
      }),
    }),
  );
}
