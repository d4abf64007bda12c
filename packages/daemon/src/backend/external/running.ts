import {
  type BackendHost,
  type BackendRules,
  emptyKernelState,
  type KernelState,
  type NetworkView,
  type Peer,
  type PeerPlan,
  type RunningBackend,
} from '@poplin/backend';
import type { Cidr, Family, Ip } from '@poplin/net';
import { Answers } from './answers.js';
import type { Death } from './backend-thread.js';
import { Calls } from './calls.js';
import { BackendError } from './error.js';
import type { BackendLimits } from './limits.js';
import type { LocatedBackend } from './locate.js';
import { hostPlanOf, peerPlanOf } from './plan-answer.js';
import { overheadSchema, type Question } from './protocol.js';
import { type Started, Supervisor } from './supervisor.js';

/** What {@link ExternalRunning} works with. */
export interface ExternalRunningParts {
  readonly backend: LocatedBackend;
  readonly host: BackendHost;
  readonly options: unknown;
  readonly limits: BackendLimits;
  /** Blocks of this node, asked anew for every check. */
  readonly ownBlocks: () => readonly Cidr[];
}

type Overhead = Readonly<Record<Family, number>>;

/** Problems that are told; a backend that fails for all peers fails for a thousand. */
const toldProblems = 10;

/**
 * A backend at work in a thread of its own, as the rest of the daemon sees any other. What it is asked synchronously it answers from
 * what the thread has answered before: {@link prepare} gets that ready. Whatever happens there, the last good answers stand.
 */
export class ExternalRunning implements RunningBackend<unknown> {
  readonly #parts: ExternalRunningParts;
  readonly #supervisor: Supervisor;
  readonly #host: Answers<KernelState>;
  readonly #peers: Answers<PeerPlan>;
  readonly #overhead: Answers<Overhead>;
  readonly #changed: Calls;
  #addresses: readonly Ip[] = [];
  #published: unknown;
  #preparing = 0;
  /** Questions that ended a thread, as text, and how. */
  readonly #poisons = new Map<string, BackendError>();
  #forgiveness: NodeJS.Timeout | undefined;
  #checkedFor = '';
  #peersNow: Question | undefined;
  #peersTold: Question | undefined;
  #isTelling = false;

  /** @throws {BackendError} BACKEND_FAILED when the backend does not start. */
  static async start(parts: ExternalRunningParts): Promise<ExternalRunning> {
    const running = new ExternalRunning(parts);
    running.#begin(await running.#supervisor.start());
    return running;
  }

  private constructor(parts: ExternalRunningParts) {
    this.#parts = parts;
    const { backend, host, options, limits } = parts;
    this.#changed = new Calls(limits.announceMs);
    this.#supervisor = new Supervisor({
      ...{ backend, host, options, limits },
      onChanged: () => this.#refresh(),
      onDeath: (death) => this.#grieve(death),
      onRevival: () => this.#refresh(),
    });
    const ask = (question: Question) => this.#ask(question);
    const onAnswer = () => {
      if (this.#preparing === 0) this.#changed.soon();
    };
    this.#host = new Answers({ ask, onAnswer, check: (answer, q) => this.#checkHost(answer, q) });
    this.#peers = new Answers({ ask, onAnswer, check: (answer, q) => this.#checkPeer(answer, q) });
    this.#overhead = new Answers({
      ask,
      onAnswer,
      check: (answer) => overheadSchema.parse(answer),
    });
  }

  get published(): unknown {
    return this.#published;
  }

  overhead(view: NetworkView): Overhead {
    this.#overhead.want('', { call: 'overhead', view });
    return this.#overhead.good('') ?? { ipv4: 0, ipv6: 0 };
  }

  /** @throws {BackendError} BACKEND_FAILED when there has never been a good answer. */
  planHost(view: NetworkView): KernelState {
    this.#recheck();
    this.#host.want('', { call: 'planHost', view });
    const good = this.#host.good('');
    const failure = this.#host.failure('');
    if (good === undefined && failure !== undefined)
      throw new BackendError('BACKEND_FAILED', failure);
    return good ?? emptyKernelState;
  }

  planPeer(peer: Peer, view: NetworkView): PeerPlan {
    this.#recheck();
    this.#peers.want(peer.name, { call: 'planPeer', peer, view });
    const good = this.#peers.good(peer.name);
    if (good) return good;
    const { type } = this.#parts.backend;
    const reason =
      this.#peers.failure(peer.name) ??
      `backend ${type} has not said yet how it is reached; nothing has to be done`;
    return { state: emptyKernelState, refusals: [reason] };
  }

  async prepare(peers: readonly Peer[], view: NetworkView): Promise<boolean> {
    if (this.#supervisor.problem !== undefined) return false;
    this.#addresses = [
      ...new Set([...this.#addresses, ...peers.flatMap((peer) => peer.addresses)]),
    ];
    this.#recheck();
    this.#preparing += 1;
    try {
      this.#overhead.want('', { call: 'overhead', view });
      this.#host.want('', { call: 'planHost', view });
      for (const peer of peers) this.#peers.want(peer.name, { call: 'planPeer', peer, view });
      const all = await Promise.all([
        this.#overhead.settled(['']),
        this.#host.settled(['']),
        this.#peers.settled(peers.map(({ name }) => name)),
      ]);
      return all.every((good) => good);
    } finally {
      this.#preparing -= 1;
    }
  }

  peersChanged(peers: readonly Peer[], view: NetworkView): void {
    const names = new Set(peers.map(({ name }) => name));
    this.#addresses = peers.flatMap(({ addresses }) => addresses);
    this.#peers.keep((name) => names.has(name));
    this.#peersNow = { call: 'peersChanged', peers, view };
    void this.#tell();
  }

  onChange(callback: () => void): () => void {
    return this.#changed.on(callback);
  }

  problems(): readonly string[] {
    const down = this.#supervisor.problem;
    const failures = [this.#overhead, this.#host, this.#peers].flatMap((answers) =>
      answers.failures.map(({ key, reason, stands }) => {
        const what = key === '' ? reason : `${reason} (node ${key})`;
        return stands ? `${what}; its last good answer stands` : what;
      }),
    );
    return [...(down === undefined ? [] : [down]), ...new Set(failures)].slice(0, toldProblems);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#forgiveness);
    this.#changed.end();
    await this.#supervisor.stop();
  }

  #begin({ published, overhead }: Started): void {
    this.#published = published;
    const { underlay } = this.#parts.host;
    this.#overhead.put('', { call: 'overhead', view: { underlay, pools: [] } }, overhead);
  }

  /** A thread asked in vain is not asked the same again at once: see {@link #grieve}. */
  #ask(question: Question): Promise<unknown> {
    const poison = this.#poisons.size > 0 && this.#poisons.get(JSON.stringify(question));
    return poison ? Promise.reject(poison) : this.#supervisor.ask(question);
  }

  #rules(pools: readonly Cidr[], peerAddresses: readonly Ip[]): BackendRules {
    const { host, ownBlocks } = this.#parts;
    return { pools, peerAddresses, ownBlocks: ownBlocks(), linkSuffix: host.linkSuffix };
  }

  #checkHost(answer: unknown, question: Question): KernelState {
    const pools = 'view' in question ? question.view.pools : [];
    return hostPlanOf(answer, this.#rules(pools, this.#addresses));
  }

  #checkPeer(answer: unknown, question: Question): PeerPlan {
    if (question.call !== 'planPeer') throw new Error(`${question.call} is not about a peer`);
    const { peer, view } = question;
    return peerPlanOf(answer, this.#rules(view.pools, peer.addresses));
  }

  /** A block that this node has claimed since may be in an answer. */
  #recheck(): void {
    const blocks = this.#parts.ownBlocks().join();
    if (blocks === this.#checkedFor) return;
    this.#checkedFor = blocks;
    this.#host.recheck();
    this.#peers.recheck();
  }

  /** Its plans are others now, it says; or it has been started anew. */
  #refresh(): void {
    for (const answers of [this.#overhead, this.#host, this.#peers]) answers.refresh();
    this.#peersTold = undefined;
    void this.#tell();
  }

  /**
   * The question that ended a thread may end the next one, too. It is not asked again for a while, so that the others get their answers.
   */
  #grieve({ during, error }: Death): void {
    if (during !== undefined) this.#poisons.set(JSON.stringify(during), error);
    clearTimeout(this.#forgiveness);
    this.#forgiveness = setTimeout(() => {
      this.#poisons.clear();
      for (const answers of [this.#overhead, this.#host, this.#peers]) answers.retry();
    }, this.#parts.limits.forgiveMs);
  }

  /** Tells the backend of its peers; of what comes meanwhile, only the last. */
  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      while (this.#peersNow !== undefined && this.#peersNow !== this.#peersTold) {
        this.#peersTold = this.#peersNow;
        await this.#ask(this.#peersNow);
      }
    } catch (error) {
      this.#parts.host.log.warn({ err: error }, 'a backend did not take the news of its peers');
    } finally {
      this.#isTelling = false;
    }
  }
}
