import { describeError, type Ip, type Log } from '@poplin/net';
import type { Netns } from '@poplin/netlink';
import type { Path } from './path.js';
import { Responder } from './responder.js';

/** What {@link Responders} works with. */
export interface RespondersParts {
  readonly port: number;
  readonly log: Log;
  /** Index of a link; undefined when there is none of this name. */
  readonly ifindex: (link: string) => Promise<number | undefined>;
  readonly netns?: Netns;
}

/** Time between two tries to open what could not be opened, ms. */
const retry = 1000;

/** Tries in vain before that is told: an address of IPv6 can be used a second after it was given (RFC 4862 §5.4). */
const triesBeforeTold = 5;

interface Place {
  readonly link: string;
  readonly address: Ip;
  /** How many peers have this address as seen from here: two may claim one, until one of them is told off. */
  readonly peers: Map<Ip, number>;
}

interface Running {
  readonly responder: Responder;
  /** Of the link that it is bound to: one that was made anew has another. */
  readonly ifindex: number;
}

/** Answers peers on each link that leads to some, by this node's address there. A change of one peer costs the same however many there are. */
export class Responders implements AsyncDisposable {
  readonly #parts: RespondersParts;
  readonly #running = new Map<string, Running>();
  readonly #vain = new Map<string, number>();
  readonly #paths = new Map<string, readonly Path[]>();
  /** Where paths of peers begin, and the addresses of those peers. */
  readonly #places = new Map<string, Place>();
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: RespondersParts) {
    this.#parts = parts;
  }

  /** Takes the paths to a peer that there are now. Settles when all that can be opened is open. */
  async set(peer: string, paths: readonly Path[]): Promise<void> {
    const before = new Set(this.#places.keys());
    for (const path of this.#paths.get(peer) ?? []) this.#count(path, -1);
    for (const path of paths) this.#count(path, 1);
    if (paths.length > 0) this.#paths.set(peer, paths);
    else this.#paths.delete(peer);
    for (const [key, { peers }] of this.#places) if (peers.size === 0) this.#places.delete(key);
    const same =
      before.size === this.#places.size && [...before].every((key) => this.#places.has(key));
    if (!same) await this.refresh();
  }

  /** Looks whether links were made anew. */
  refresh(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#settle());
    return this.#turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#turn;
    for (const { responder } of this.#running.values()) await responder[Symbol.asyncDispose]();
    this.#running.clear();
  }

  #count({ link, local, remote }: Path, by: 1 | -1): void {
    const key = `${link} ${local}`;
    const place = this.#places.get(key) ?? { link, address: local, peers: new Map<Ip, number>() };
    this.#places.set(key, place);
    const count = (place.peers.get(remote) ?? 0) + by;
    if (count > 0) place.peers.set(remote, count);
    else place.peers.delete(remote);
  }

  async #settle(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    for (const key of this.#running.keys()) if (!this.#places.has(key)) await this.#close(key);
    let missing = false;
    for (const [key, place] of this.#places) missing = !(await this.#open(key, place)) || missing;
    if (missing && !this.#closed) this.#timer = setTimeout(() => void this.refresh(), retry);
  }

  async #open(key: string, { link, address }: Place): Promise<boolean> {
    const { port, netns, log, ifindex: indexOf } = this.#parts;
    try {
      const ifindex = await indexOf(link);
      if (this.#running.get(key)?.ifindex === ifindex) return ifindex !== undefined;
      await this.#close(key);
      if (ifindex === undefined) return false;
      const isPeer = (ip: Ip): boolean => this.#places.get(key)?.peers.has(ip) ?? false;
      const common = { link, address, port, isPeer };
      const responder = await Responder.open({ ...common, ...(netns && { netns }) });
      this.#running.set(key, { responder, ifindex });
      this.#vain.delete(key);
      return true;
    } catch (error) {
      const tries = (this.#vain.get(key) ?? 0) + 1;
      this.#vain.set(key, tries);
      const text = `path checks of peers are not answered on ${link}: ${describeError(error)}`;
      if (tries === triesBeforeTold) log.warn({ err: error, link, address, port }, text);
      return false;
    }
  }

  async #close(key: string): Promise<void> {
    const running = this.#running.get(key);
    this.#running.delete(key);
    await running?.responder[Symbol.asyncDispose]();
  }
}
