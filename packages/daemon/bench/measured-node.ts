import type { Backend, KernelState, Peer, RunningBackend } from '@poplin/backend';
import { silentLog } from '@poplin/net';
import { Reconciler, type Report } from '@poplin/reconciler';
import { readPeer, startBackend } from './backends.js';
import type { Objects } from './figures.js';
import { view } from './synthetic-peers.js';

/** The kernel has no such tunnel, in its own words. */
export class Unavailable extends Error {}

/** A backend and a reconciler, at work with synthetic peers: what the daemon does with them, without the daemon. */
export class MeasuredNode implements AsyncDisposable {
  readonly #backend: Backend;
  readonly #running: RunningBackend;
  readonly #reconciler = new Reconciler({
    log: silentLog,
    sysctls: { keepEarlier() {} },
    period: 3_600_000,
  });
  #peers: Peer[] = [];
  #states = new Map<string, KernelState>();

  private constructor(backend: Backend, running: RunningBackend) {
    this.#backend = backend;
    this.#running = running;
  }

  static async start(backend: Backend): Promise<MeasuredNode> {
    return new MeasuredNode(backend, await startBackend(backend));
  }

  /** What the plans ask for. */
  get planned(): Objects {
    const states = [...this.#states.values()];
    const count = (kind: keyof Objects): number =>
      states.reduce((sum, state) => sum + state[kind].length, 0);
    return { routes: count('routes'), neighbours: count('neighbours'), fdb: count('fdb') };
  }

  /** Takes note of all peers, as the registry tells of them. */
  know(peers: readonly Peer[]): void {
    this.#peers = peers.map((peer) => readPeer(this.#backend, peer));
  }

  /** @throws {Unavailable} when the kernel has no such link. */
  async adoptHost(): Promise<void> {
    const host = this.#running.planHost(view);
    expectDone(await this.#reconciler.adopt(new Map([['host', host]])));
  }

  planAll(): void {
    this.#states = new Map(this.#peers.map((peer) => [peer.name, this.#plan(peer)]));
  }

  /** Puts all peers into the kernel, and tells a backend that carries packets itself. */
  async programAll(): Promise<void> {
    const { failures, refusal } = await this.#reconciler.setAll(this.#states);
    const [failure] = [...failures.values()].flat();
    if (failure ?? refusal) throw failure?.error ?? refusal;
    this.#running.peersChanged?.(this.#peers, view);
  }

  /** One peer is another: planned and put into the kernel. */
  async change(number: number, peer: Peer): Promise<void> {
    const read = readPeer(this.#backend, peer);
    this.#peers = this.#peers.with(number, read);
    const state = this.#plan(read);
    this.#states.set(read.name, state);
    await this.#reconciler.set(read.name, state);
    this.#running.peersChanged?.(this.#peers, view);
  }

  /** A look, which must find nothing to do: one that mends something would be measured as one that does not. */
  async expectRest(): Promise<void> {
    const report = await this.#reconciler.look();
    expectDone(report);
    const [changed] = report.changed;
    if (changed !== undefined) throw new Error(`a look found something to do: ${changed}`);
  }

  /** Plans all, and takes over what an earlier process has made. */
  async adoptAll(): Promise<void> {
    this.planAll();
    const states = new Map([...this.#states, ['host', this.#running.planHost(view)]]);
    expectDone(await this.#reconciler.adopt(states));
    this.#running.peersChanged?.(this.#peers, view);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reconciler[Symbol.asyncDispose]();
    await this.#running.stop();
  }

  #plan(peer: Peer): KernelState {
    const { state, refusals } = this.#running.planPeer(peer, view);
    const [refusal] = refusals;
    if (refusal !== undefined) throw new Error(refusal);
    return state;
  }
}

function expectDone({ failed, waiting }: Report): void {
  const [failure] = failed;
  if (failure) {
    const { error } = failure;
    const lacking = 'code' in error && error.code === 'KERNEL_LACKS';
    throw lacking ? new Unavailable(error.message) : error;
  }
  const [item] = waiting;
  if (item) throw new Error(`something waits for its link: ${JSON.stringify(item)}`);
}
