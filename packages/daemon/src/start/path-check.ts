import { emptyKernelState, kernelState } from '@poplin/backend';
import { describeError, type Log } from '@poplin/net';
import type { ClusterConfig } from '../config/index.js';
import { owners } from '../kernel-owners.js';
import { openChecksumFile } from '../path-check/checksum-file.js';
import { PathCheck, type PathFindings, type ProgrammedPeer, pathsOf } from '../path-check/index.js';
import type { LocalNode } from './local-node.js';

/** What a {@link NodePathCheck} works with. */
export type NodePathCheckParts = Pick<LocalNode, 'backends' | 'reconciler' | 'view' | 'configs'> & {
  readonly stateDir: string;
  readonly log: Log;
};

/**
 * The path check of this node: on or off and at the port that the cluster says, with the peers that the second flow has programmed.
 */
export class NodePathCheck implements AsyncDisposable {
  readonly #parts: NodePathCheckParts;
  readonly #peers = new Map<string, ProgrammedPeer>();
  readonly #unfollow: () => void;
  #check: PathCheck | undefined;
  #settings: ClusterConfig['pathCheck'] | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: NodePathCheckParts) {
    this.#parts = parts;
    this.#unfollow = parts.reconciler.onLinkGone((name) => {
      if (name.startsWith('poplin.')) this.linksChanged();
    });
  }

  /** What is known of all paths; nothing when the check is off. */
  get findings(): PathFindings {
    return this.#check?.findings ?? { paths: [], checksums: [] };
  }

  /** What an operator has to look at, a sentence each. */
  get problems(): readonly string[] {
    return this.#check?.problems ?? [];
  }

  /** Takes note of peers whose state the kernel was given, or whose daemon came or went. */
  programmed(peers: readonly ProgrammedPeer[]): void {
    for (const peer of peers) {
      if (peer.addresses.length > 0) this.#peers.set(peer.name, peer);
      else this.#peers.delete(peer.name);
    }
    void this.#later(() => this.#setPeers(peers));
  }

  /** Takes note that backends have other links now, or that one was made anew. */
  linksChanged(): void {
    void this.#later(async () => this.#check?.linksChanged(this.#links()));
  }

  /** Puts the cluster's configuration into force. Settles when that is done; what fails is logged. */
  configure(): Promise<void> {
    return this.#later(async () => {
      const { pathCheck } = this.#parts.configs.current.config;
      if (JSON.stringify(pathCheck) === JSON.stringify(this.#settings)) return;
      this.#settings = pathCheck;
      await this.#check?.[Symbol.asyncDispose]();
      this.#check = undefined;
      if (pathCheck.enabled) await this.#start(pathCheck.port);
      else await this.#setSoftwareChecksums([]);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unfollow();
    await this.#turn;
    await this.#check?.[Symbol.asyncDispose]();
  }

  async #start(port: number): Promise<void> {
    const { reconciler, stateDir, log } = this.#parts;
    const { saved } = openChecksumFile(stateDir, log);
    await this.#setSoftwareChecksums(saved);
    const check = new PathCheck({
      port,
      log,
      faultyBefore: saved,
      ifindex: async (link) => (await reconciler.netlink.link.get({ name: link })).ifindex,
      setSoftwareChecksums: (links) => this.#setSoftwareChecksums(links),
    });
    this.#check = check;
    await check.linksChanged(this.#links());
    await this.#setPeers([...this.#peers.values()]);
  }

  async #setPeers(peers: readonly ProgrammedPeer[]): Promise<void> {
    for (const [at, peer] of peers.entries()) {
      // Thousands at once would hold up the event loop.
      if (at % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
      await this.#check?.setPeer(peer.name, this.#pathsTo(peer));
    }
  }

  #pathsTo({ name, addresses, alive, by, state }: ProgrammedPeer) {
    const { backends, view } = this.#parts;
    const backend = backends.all.find((each) => each.name === by);
    if (!backend || !alive) return [];
    const seen = view();
    const host = { ...emptyKernelState, links: backend.hostState.links };
    return pathsOf({ peer: { name, addresses }, state, host, underlay: seen.underlay });
  }

  #links(): ReadonlySet<string> {
    const states = this.#parts.backends.all.map(({ hostState }) => hostState);
    return new Set(states.flatMap(({ links }) => links.map(({ name }) => name)));
  }

  async #setSoftwareChecksums(links: readonly string[]): Promise<void> {
    const { reconciler, stateDir, log } = this.#parts;
    const offloads = links.map((link) => ({ link, txChecksum: false }) as const);
    await reconciler.set(owners.checksums, kernelState({ offloads }));
    const file = openChecksumFile(stateDir, log);
    if (file.saved.join() !== links.join()) file.keep(links);
  }

  #later(work: () => Promise<void> | undefined): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      this.#parts.log.error({ err: error }, `path check: ${describeError(error)}`);
    });
    return this.#turn;
  }
}
