/**
 * The process of a host in a test: what the daemon does with a backend, in the namespace that it was started in. The backend is loaded as the
 * daemon would load it, and stopped like that.
 *
 * @module
 */
import {
  type Backend,
  checkBackendState,
  joinStates,
  kernelStateSchema,
  type Peer,
  type RunningBackend,
} from '@poplin/backend';
import { describeError, silentLog } from '@poplin/net';
import { Reconciler } from '@poplin/reconciler';
import type { Answer, Applied, Command, Looked, Started } from './protocol.js';

let backend: Backend | undefined;
let running: RunningBackend | undefined;
let reconciler: Reconciler | undefined;
let linkSuffix = '';
let owners: readonly string[] = [];

process.on('message', async (command: Command) => {
  const answer = await carryOut(command).then(
    (value): Answer => ({ value }),
    (error: unknown): Answer => ({ error: describeError(error) }),
  );
  process.send?.(answer, () => {
    if (command.does === 'stop') process.disconnect();
  });
});

async function carryOut(command: Command): Promise<unknown> {
  switch (command.does) {
    case 'start':
      return start(command);
    case 'apply':
      return apply(command);
    case 'look':
      return look();
    case 'stop':
      return stop();
  }
}

async function start({ entry, host, options }: Command & { does: 'start' }): Promise<Started> {
  const module = (await import(entry)) as { readonly default: Backend };
  backend = module.default;
  linkSuffix = host.linkSuffix;
  running = await backend.start(
    { ...host, log: silentLog },
    await backend.options.parseAsync(options),
  );
  reconciler = new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 600_000 });
  const view = { underlay: host.underlay, pools: [] };
  return { published: running.published, overhead: running.overhead(view) };
}

async function apply({ peers, view }: Command & { does: 'apply' }): Promise<Applied> {
  const parts = started();
  const known: Peer[] = peers.map((peer) => ({
    ...peer,
    data: parts.backend.peerData.parse(peer.data),
  }));
  parts.running.peersChanged?.(known, view);
  const plans = known.map((peer) => ({ peer, ...parts.running.planPeer(peer, view) }));
  const host = parts.running.planHost(view);
  const all = kernelStateSchema.parse(joinStates([host, ...plans.map(({ state }) => state)]));
  const peerAddresses = peers.flatMap(({ addresses }) => addresses);
  const rules = { pools: view.pools, ownBlocks: [], peerAddresses, linkSuffix };
  await parts.reconciler.set('host', host);
  for (const { peer, state } of plans) await parts.reconciler.set(`peer ${peer.name}`, state);
  const names = known.map(({ name }) => `peer ${name}`);
  for (const gone of owners) if (!names.includes(gone)) await parts.reconciler.remove(gone);
  owners = names;
  // As the daemon does it: nothing is deleted before everybody has said what it wants.
  parts.reconciler.allowPruning();
  await parts.reconciler.look();
  return {
    refusals: plans.flatMap(({ refusals }) => refusals),
    forbidden: checkBackendState(all, rules),
  };
}

async function look(): Promise<Looked> {
  const { changed, failed, waiting } = await started().reconciler.look();
  return {
    changed,
    failed: failed.map(({ error }) => describeError(error)),
    waiting: waiting.map((item) => JSON.stringify(item)),
  };
}

async function stop(): Promise<void> {
  const parts = started();
  await parts.running.stop();
  await parts.reconciler[Symbol.asyncDispose]();
}

function started() {
  if (backend && running && reconciler) return { backend, running, reconciler };
  throw new Error('the host has not been started');
}
