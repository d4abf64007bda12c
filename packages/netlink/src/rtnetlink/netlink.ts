import { errorOf } from '../codec/acknowledgement.js';
import type { NetlinkError } from '../error.js';
import type { Netns } from '../namespace/netns.js';
import { type Executor, openExecutor } from '../socket/executor.js';
import { handleOver } from '../socket/handle.js';
import { askAll } from '../socket/perform.js';
import type { NetlinkRequest } from '../socket/request.js';
import { callingThread } from '../thread/thread.js';
import { type AddressVerbs, addressVerbs } from './address/verbs.js';
import { type FdbVerbs, fdbVerbs } from './fdb/verbs.js';
import { type LinkVerbs, linkVerbs } from './link/verbs.js';
import { type NeighbourVerbs, neighbourVerbs } from './neighbour/verbs.js';
import { type NetnsIdVerbs, netnsIdVerbs } from './netns-id/verbs.js';
import { type RouteVerbs, routeVerbs } from './route/verbs.js';
import { type RuleVerbs, ruleVerbs } from './rule/verbs.js';
import { type FilterVerbs, filterVerbs } from './traffic/filter/verbs.js';
import { type QdiscVerbs, qdiscVerbs } from './traffic/qdisc/verbs.js';

/**
 * A handle on one network namespace: objects and verbs, in the words of `ip`. Requests of a handle are carried out in the
 * order of the calls.
 */
export interface Netlink extends Disposable {
  readonly link: LinkVerbs;
  readonly address: AddressVerbs;
  readonly route: RouteVerbs;
  readonly neighbour: NeighbourVerbs;
  readonly fdb: FdbVerbs;
  readonly netnsId: NetnsIdVerbs;
  readonly rule: RuleVerbs;
  readonly qdisc: QdiscVerbs;
  readonly filter: FilterVerbs;
  /**
   * Many requests in as few sends as possible, in order, each made by an encoder (`routeReplace`, …); an error or
   * `undefined` for each, in the same order. Same as `ip -force -batch`.
   *
   * The kernel goes on after a failed request. Do not put two into one batch of which the second must not
   * happen without the first.
   */
  batch(requests: readonly NetlinkRequest[]): Promise<readonly (NetlinkError | undefined)[]>;
  /**
   * A question of your own: for what has no verb here. `decode` gets the body of every message of the answer, which is
   * a view on bytes that nobody else holds, and leaves out by `undefined`. With NLM_F_DUMP in the request's flags all
   * objects are asked for. `@poplin/netlink/raw` has what it takes to write request and decoder.
   *
   * @throws {NetlinkError} the kernel's code; DECODE from `decode` passes through.
   */
  ask<T>(
    request: NetlinkRequest,
    decode: (body: Uint8Array) => T | undefined,
  ): Promise<readonly T[]>;
}

/** Where a handle works, and who waits for the kernel. */
export interface NetlinkOptions {
  /** The namespace; that of the calling thread by default. */
  readonly netns?: Netns;
  /**
   * True to carry requests out on the calling thread, which waits whenever the kernel does. For short programs that
   * have nothing else to do. By default a worker thread waits, one for all handles; it is started by the first request.
   */
  readonly blocking?: boolean;
}

/**
 * Opens a handle on a namespace, by default the one that the thread is in. It stays with that namespace, and
 * `netns` may be disposed right after.
 *
 * @throws {NetlinkError} the kernel's code when the namespace cannot be entered or the socket not opened.
 */
export function openNetlink({ netns, blocking = false }: NetlinkOptions = {}): Netlink {
  return netlinkOver(openExecutor({ netns, ...(blocking && { thread: callingThread() }) }));
}

/** A handle over an executor. */
export function netlinkOver(executor: Executor): Netlink {
  return handleOver(executor, new NetlinkHandle(executor));
}

/** Every pod has one, for a few batches: the verbs of an object are made when they are first asked for. */
class NetlinkHandle implements Netlink {
  readonly #executor: Executor;
  #link: LinkVerbs | undefined;
  #address: AddressVerbs | undefined;
  #route: RouteVerbs | undefined;
  #neighbour: NeighbourVerbs | undefined;
  #fdb: FdbVerbs | undefined;
  #netnsId: NetnsIdVerbs | undefined;
  #rule: RuleVerbs | undefined;
  #qdisc: QdiscVerbs | undefined;
  #filter: FilterVerbs | undefined;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  get link(): LinkVerbs {
    this.#link ??= linkVerbs(this.#executor);
    return this.#link;
  }

  get address(): AddressVerbs {
    this.#address ??= addressVerbs(this.#executor);
    return this.#address;
  }

  get route(): RouteVerbs {
    this.#route ??= routeVerbs(this.#executor);
    return this.#route;
  }

  get neighbour(): NeighbourVerbs {
    this.#neighbour ??= neighbourVerbs(this.#executor);
    return this.#neighbour;
  }

  get fdb(): FdbVerbs {
    this.#fdb ??= fdbVerbs(this.#executor);
    return this.#fdb;
  }

  get netnsId(): NetnsIdVerbs {
    this.#netnsId ??= netnsIdVerbs(this.#executor);
    return this.#netnsId;
  }

  get rule(): RuleVerbs {
    this.#rule ??= ruleVerbs(this.#executor);
    return this.#rule;
  }

  get qdisc(): QdiscVerbs {
    this.#qdisc ??= qdiscVerbs(this.#executor);
    return this.#qdisc;
  }

  get filter(): FilterVerbs {
    this.#filter ??= filterVerbs(this.#executor);
    return this.#filter;
  }

  async batch(requests: readonly NetlinkRequest[]): Promise<readonly (NetlinkError | undefined)[]> {
    const answers = await this.#executor.transact(requests);
    return requests.map((request, i) => {
      const answer = answers[i];
      return answer && errorOf(request, answer);
    });
  }

  ask<T>(request: NetlinkRequest, decode: (body: Uint8Array) => T | undefined): Promise<T[]> {
    return askAll(this.#executor, request, decode);
  }

  [Symbol.dispose](): void {
    this.#executor[Symbol.dispose]();
  }
}
