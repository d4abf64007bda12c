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
}

interface Running {
  readonly responder: Responder;
  /** Of the link that it is bound to: one that was made anew has another. */
  readonly ifindex: number;
}

/** Answers peers on each link that leads to some, by this node's address there. */
export class Responders implements AsyncDisposable {
  readonly #parts: RespondersParts;
  readonly #running = new Map<string, Running>();
  readonly #vain = new Map<string, number>();
  #places = new Map<string, Place>();
  #peers = new Map<string, Set<Ip>>();
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: RespondersParts) {
    this.#parts = parts;
  }

  /** Takes the paths that there are now. Settles when all that can be opened is open. */
  update(paths: readonly Path[]): Promise<void> {
    this.#places = new Map(
      paths.map(({ link, local }) => [`${link} ${local}`, { link, address: local }]),
    );
    this.#peers = new Map();
    for (const { link, remote } of paths) {
      this.#peers.set(link, (this.#peers.get(link) ?? new Set()).add(remote));
    }
    return this.refresh();
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
      const isPeer = (ip: Ip): boolean => this.#peers.get(link)?.has(ip) ?? false;
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
