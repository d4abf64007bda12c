import {
  type BackendHost,
  emptyKernelState,
  type KernelState,
  type NetworkView,
  type Peer,
  type PeerPlan,
  type RunningBackend,
} from '@poplin/backend';
import { describeError, type Family, type Log, merged } from '@poplin/net';
import { backendIdentity } from './identity.js';
import type { ConfiguredBackend } from './load.js';
import type { LinkSuffix } from './room.js';

/** The host that it runs on. */
type Host = BackendHost & { readonly linkSuffix: LinkSuffix };

/** A peer with what it published for a backend, read by that backend; or why it cannot be read. */
export type ReadPeer =
  | { readonly ok: true; readonly peer: Peer }
  | { readonly ok: false; readonly problem: string };

/**
 * A backend that runs, and the one place where the daemon asks it anything. It may be a stranger's: when it throws, or its answer
 * is not acceptable, the last good answer stands, and {@link problems} names the backend and what it was asked.
 */
export class BackendAtWork {
  readonly configured: ConfiguredBackend;
  readonly linkSuffix: LinkSuffix;
  /** Unique on this node: its type and what its links have behind their names. */
  readonly name: string;
  /** Equal on two nodes that can reach each other by it. */
  readonly identity: string;
  readonly #running: RunningBackend;
  readonly #log: Log;
  readonly #problems = new Map<string, string>();
  #hostState: KernelState = emptyKernelState;
  #overhead: Readonly<Record<Family, number>> = { ipv4: 0, ipv6: 0 };

  private constructor(configured: ConfiguredBackend, host: Host, running: RunningBackend) {
    this.configured = configured;
    this.linkSuffix = host.linkSuffix;
    this.name = `${configured.backend.type}${host.linkSuffix}`;
    this.identity = backendIdentity(configured.backend.type, configured.shared);
    this.#running = running;
    this.#log = host.log;
  }

  /**
   * Starts a backend and asks it once what it is going to be asked all the time, so that there is a good answer to stand.
   *
   * @throws what the backend throws.
   */
  static async start(
    configured: ConfiguredBackend,
    host: Host,
    view: NetworkView,
  ): Promise<BackendAtWork> {
    const running = await configured.backend.start(host, configured.options);
    const started = new BackendAtWork(configured, host, running);
    try {
      await running.prepare?.([], view);
      started.#overhead = acceptOverhead(running.overhead(view));
      started.#hostState = acceptState(started, running.planHost(view));
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  get type(): string {
    return this.configured.backend.type;
  }

  /** What this node publishes for its peers. */
  get published(): unknown {
    return this.#running.published;
  }

  /** What it could not answer, one sentence each; an entry goes when the same question is answered well. */
  get problems(): readonly string[] {
    return [...this.#problems.values(), ...(this.#running.problems?.() ?? [])];
  }

  /** What it has counted since it started, by name; nothing for one that does not carry packets itself, or cannot tell. */
  get counters(): Readonly<Record<string, number>> {
    const question = () => acceptCounters(this.#running.counters?.() ?? {});
    return this.#ask('what it has counted', question) ?? {};
  }

  /** What it needed on this node when it was asked last. */
  get hostState(): KernelState {
    return this.#hostState;
  }

  /** Bytes that are added on the underlay to a packet of each family. The same object until that changes. */
  overhead(view: NetworkView): Readonly<Record<Family, number>> {
    this.#ask('what it adds to a packet', () => {
      const { ipv4, ipv6 } = acceptOverhead(this.#running.overhead(view));
      const isNew = ipv4 !== this.#overhead.ipv4 || ipv6 !== this.#overhead.ipv6;
      if (isNew) this.#overhead = { ipv4, ipv6 };
    });
    return this.#overhead;
  }

  /** True when it makes its plans elsewhere and wants to be told before it is asked for them: {@link prepare}. */
  get wantsPreparation(): boolean {
    return this.#running.prepare !== undefined;
  }

  /** Gets plans ready. @returns whether all of them will be answers to these very arguments. */
  async prepare(peers: readonly Peer[], view: NetworkView): Promise<boolean> {
    return (await this.#running.prepare?.(peers, view)) ?? true;
  }

  /** What is needed whoever the peers are. */
  planHost(view: NetworkView): KernelState {
    this.#ask('what it needs on this node', () => {
      this.#hostState = acceptState(this, this.#running.planHost(view));
    });
    return this.#hostState;
  }

  /** What reaches a peer; `undefined` when the backend cannot tell: what it said before of that peer stands. */
  planPeer(peer: Peer, view: NetworkView): PeerPlan | undefined {
    return this.#ask(howToReach(peer.name), () => {
      const { state, refusals } = this.#running.planPeer(peer, view);
      return { state: acceptState(this, state), refusals: acceptTexts(refusals) };
    });
  }

  /** Forgets what it could not tell of a peer that is gone. */
  forgetPeer(name: string): void {
    for (const question of [howToReach(name), whatWasPublished(name)]) {
      this.#problems.delete(question);
    }
  }

  /** True when it wants to hear of all peers whenever one changes. */
  get wantsPeers(): boolean {
    return this.#running.peersChanged !== undefined;
  }

  /** Tells it all peers that have it at work, too. */
  tellPeers(peers: readonly Peer[], view: NetworkView): void {
    this.#ask('to take note of its peers', () => this.#running.peersChanged?.(peers, view));
  }

  /** Reads what a peer published for this backend. */
  read(peer: Omit<Peer, 'data'>, data: unknown): ReadPeer {
    const parsed = this.#ask(whatWasPublished(peer.name), () =>
      this.configured.backend.peerData.safeParse(data),
    );
    if (parsed?.success) return { ok: true, peer: merged(peer, { data: parsed.data }) };
    const why = parsed?.error.issues.map(({ path, message }) => [...path, message].join(': '));
    const problem = `node ${peer.name} published data that backend ${this.type} cannot read`;
    return { ok: false, problem: why ? `${problem}: ${why.join('; ')}` : problem };
  }

  /** Calls back when its plans would answer differently. Returns the unsubscribe. */
  onChange(callback: () => void): () => void {
    return this.#running.onChange?.(callback) ?? (() => {});
  }

  /** Ends what lives of it. What it cannot end is logged. */
  async stop(): Promise<void> {
    try {
      await this.#running.stop();
    } catch (error) {
      this.#log.error({ err: error }, `backend ${this.name} does not end: ${describeError(error)}`);
    }
  }

  #ask<T>(what: string, question: () => T): T | undefined {
    try {
      const answer = question();
      this.#problems.delete(what);
      return answer;
    } catch (error) {
      const problem = `backend ${this.name} was asked ${what} and failed: ${describeError(error)}. Its last good answer stands`;
      if (this.#problems.get(what) !== problem) this.#log.error({ err: error }, problem);
      this.#problems.set(what, problem);
      return undefined;
    }
  }
}

const howToReach = (name: string): string => `how to reach node ${name}`;

const whatWasPublished = (name: string): string => `to read what node ${name} published`;

/** What the built-in backend that adds most adds to a packet, bytes: vxlan over IPv6. */
const mostOfBuiltIn = 70;

/** Bytes that the links of all families must take at least (IPv6: RFC 8200, section 5). */
const leastMtu = 1280;

/**
 * Bytes to leave free in a packet of each family, so that it fits whichever of the backends carries it. While there is none yet, as many
 * as any built-in one needs, as long as pods can have all families then.
 */
export function greatestOverhead(
  backends: readonly BackendAtWork[],
  view: NetworkView,
): Readonly<Record<Family, number>> {
  const [first] = backends;
  if (!first) {
    const bytes = Math.max(0, Math.min(mostOfBuiltIn, view.underlay.mtu - leastMtu));
    return { ipv4: bytes, ipv6: bytes };
  }
  if (backends.length === 1) return first.overhead(view);
  const each = backends.map((backend) => backend.overhead(view));
  const most = (family: Family) => Math.max(0, ...each.map((bytes) => bytes[family]));
  return { ipv4: most('ipv4'), ipv6: most('ipv6') };
}

/**
 * Lets through a state that a backend may ask for. This is the door at which answers of strangers are checked.
 *
 * @throws {TypeError} when it is no state.
 */
function acceptState(_backend: BackendAtWork, state: KernelState): KernelState {
  for (const kind of Object.keys(emptyKernelState) as (keyof KernelState)[]) {
    if (!Array.isArray(state[kind])) throw new TypeError(`its answer has no list of ${kind}`);
  }
  return state;
}

function acceptOverhead(
  answer: Readonly<Record<Family, number>>,
): Readonly<Record<Family, number>> {
  for (const family of ['ipv4', 'ipv6'] as const) {
    const bytes = answer[family];
    if (Number.isInteger(bytes) && bytes >= 0 && bytes < 1000) continue;
    throw new TypeError(`its answer for ${family} is ${String(bytes)}, not 0 to 999 bytes`);
  }
  return answer;
}

function acceptCounters(
  answer: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  for (const [name, count] of Object.entries(answer)) {
    if (Number.isSafeInteger(count) && count >= 0) continue;
    throw new TypeError(`its counter ${name} is ${String(count)}, not a whole number from 0`);
  }
  return answer;
}

function acceptTexts(texts: readonly string[]): readonly string[] {
  if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts;
  throw new TypeError('its answer has no list of refusals');
}
