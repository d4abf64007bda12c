import type { Assignment, Ipam } from '@poplin/ipam';
import { type Caller, describeError, type Log, merged } from '@poplin/net';
import { NetlinkError } from '@poplin/netlink';
import type { AttachmentDefaults, AttachmentRequest } from '../cni/index.js';
import type { AttachMode } from '../config/index.js';
import { failHere, failsAt } from '../fail-point/index.js';
import type { Entry, InterfaceBuilder } from './builder.js';
import type { Calls } from './calls.js';
import { areThere, isSameCall, type Latecomer } from './earlier.js';
import type { Entries } from './entries.js';
import { factsOf } from './facts.js';
import type { AttachmentKey } from './identity.js';
import { type PodMtu, refuseSmallMtu } from './mtu.js';
import { identityOf } from './netns.js';
import { type AskedFor, newRecord } from './new-record.js';
import { inNextTurn } from './next-turn.js';
import type { PodHandles } from './pod-handles.js';
import type { AttachmentRecord } from './record.js';
import { attachedAlready, refuseStrayRoutes, refuseTakenPorts, throwIfGone } from './refusals.js';
import { answerOf } from './result.js';
import type { Stopwatch } from './stopwatch.js';
import { writeSysctls } from './sysctls.js';

/** How pods are attached just now. */
export interface PodNetwork {
  readonly mode: AttachMode;
  /** Name of the bridge of mode `bridge`. */
  readonly bridge: string;
  /** What fits to other nodes. */
  readonly path: PodMtu['path'];
  /** What the cluster says where a network's configuration says nothing. */
  readonly defaults: AttachmentDefaults;
}

/** What an {@link Adder} works with. */
export interface AdderComponents {
  readonly ipam: Ipam;
  readonly builder: InterfaceBuilder;
  readonly entries: Entries;
  /** Tell whether others wait as well. */
  readonly calls: Pick<Calls, 'alone'>;
  readonly log: Log;
  /** Takes everything of an attachment away again. */
  readonly detach: (key: AttachmentKey) => Promise<void>;
}

/** What one ADD goes through with. */
export interface AddContext extends Latecomer {
  /** How pods were attached when the call came. */
  readonly network: PodNetwork;
  readonly caller: Caller;
  readonly watch: Stopwatch;
}

/** Makes attachments, or undoes what it has begun. */
export class Adder {
  readonly #parts: AdderComponents;

  constructor(parts: AdderComponents) {
    this.#parts = parts;
  }

  /**
   * Makes one. No other work on it may run meanwhile.
   *
   * @returns the CNI result, JSON.
   * @throws {AttachmentError} when what is asked for is taken.
   * @throws {IpamError} when there is no address.
   * @throws {NetlinkError | ReconcilerError} when the kernel refuses.
   */
  async add(request: AttachmentRequest, context: AddContext): Promise<string> {
    const { builder } = this.#parts;
    if (builder.keepsNames) await builder.makeWay(request, context.pod);
    const earlier = this.#parts.entries.get(request);
    if (earlier && (await isSameCall(earlier.record, context))) {
      const { record } = earlier;
      return this.#finish(record, request, context, answerOf(record, request));
    }
    if (earlier) await this.#clearRemains(earlier, context);
    if (failsAt('add-after-remains-cleared')) await failHere();
    const { mode, bridge, path, defaults } = context.network;
    // Before an address is taken: it would be kept back for a while.
    refuseSmallMtu({ link: request.options.mtu, path }, defaults.families);
    const asked = this.#askedFor(request);
    const assignments = await this.#assign(request, asked, context);
    try {
      if (failsAt('add-after-assign')) await failHere();
      const { callerPid, pod } = context;
      const others = this.#othersIn(request, pod);
      const secondary = hasDefault(request) || (others.length > 0 && (await areThere(others, pod)));
      const parts = { netns: pod.netns, assignments, mode, bridge, path, secondary, callerPid };
      return await this.#attach(newRecord(request, asked, parts), request, context);
    } catch (error) {
      await this.#undo(request);
      throw error;
    }
  }

  /**
   * An earlier ADD that left a record: refused while its interface lives, else cleared for a new one. What is left of the very
   * same call is cleared as well: its plugin asks again because the daemon went away in the middle.
   */
  async #clearRemains({ record, ends }: Entry, { pod, callerPid }: AddContext): Promise<void> {
    const links = await pod.netlink.link.list();
    const lives = links.some(({ name }) => name === record.ifname);
    if (lives && (callerPid === 0 || record.callerPid !== callerPid)) throw attachedAlready(record);
    await this.#parts.builder.retire(record, { record, ends });
    await this.#parts.builder.makeWay(record, pod);
  }

  /** Runtimes hand all interfaces of a pod the same wishes. They are the first one's. */
  #askedFor({ containerId, ifname, options }: AttachmentRequest): AskedFor {
    const isFirst = !this.#parts.entries
      .ofContainer(containerId)
      .some((other) => other.ifname !== ifname);
    return isFirst ? options : { ...options, ips: [], mac: undefined, portMappings: [] };
  }

  /** The other interfaces of the pod that have a record. */
  #othersIn({ ifname }: AttachmentRequest, pod: PodHandles): readonly AttachmentRecord[] {
    const all = this.#parts.entries.inNamespace(identityOf(pod.netns));
    return all.filter((other) => other.ifname !== ifname);
  }

  async #assign(
    { containerId, ifname, pod }: AttachmentRequest,
    { ips }: AskedFor,
    { caller, watch }: AddContext,
  ): Promise<readonly Assignment[]> {
    const requested = ips.map(({ ip }) => ip);
    const wish = { containerId, ifname, pod, caller, requested };
    const assignments = await this.#parts.ipam.assign(wish);
    watch.lap('assign');
    return assignments;
  }

  async #attach(
    record: AttachmentRecord,
    request: AttachmentRequest,
    context: AddContext,
  ): Promise<string> {
    const { calls, entries } = this.#parts;
    const { pod, caller, watch } = context;
    throwIfGone(caller, record);
    refuseStrayRoutes(record);
    refuseTakenPorts(record, entries.withPorts());
    if (failsAt('add-before-record')) await failHere();
    // While the kernel works, unless it is waited for here: nothing of the result comes from it.
    const prepare = (): string => answerOf(record, request);
    const prepared = calls.alone ? prepare : inNextTurn(prepare);
    const made = await this.#make(record, pod, watch);
    watch.lap('kernel');
    const result = made === record ? prepared() : answerOf(made, request);
    return this.#finish(made, request, context, result);
  }

  /** What is left to do once the links are there, as often as is asked. @returns the CNI result. */
  async #finish(
    record: AttachmentRecord,
    { options }: AttachmentRequest,
    { pod, caller, watch }: AddContext,
    result: string,
  ): Promise<string> {
    if (options.sysctls.length > 0) await writeSysctls(options.sysctls, pod.netns);
    if (failsAt('add-after-host-state')) await failHere();
    throwIfGone(caller, record);
    if (failsAt('add-before-answer')) await failHere();
    // Behind the answer, which the runtime waits for.
    setImmediate(() => {
      this.#parts.log.info(merged(factsOf(record), { ms: watch.laps }), 'pod attached');
    });
    return result;
  }

  /** @returns the record as it came to be. */
  async #make(
    record: AttachmentRecord,
    pod: PodHandles,
    watch: Stopwatch,
  ): Promise<AttachmentRecord> {
    const { builder, entries } = this.#parts;
    entries.keep({ record, ends: undefined });
    watch.lap('record');
    if (failsAt('add-after-record')) await failHere();
    try {
      const ends = await builder.build(record, pod, watch);
      entries.set({ record, ends });
      return record;
    } catch (error) {
      if (record.secondary || !isRouteTaken(error)) throw error;
      // Another plugin's interface has the default route of the pod.
      await builder.retire(record, { record, ends: undefined });
      await builder.settle();
      return this.#make({ ...record, secondary: true }, pod, watch);
    }
  }

  /** Where even this fails the record stays, so that the DEL to come knows what there is. */
  async #undo({ containerId, ifname }: AttachmentKey): Promise<void> {
    if (failsAt('undo-before-detach')) await failHere();
    await this.#parts.detach({ containerId, ifname }).catch((error: unknown) => {
      this.#parts.log.error(
        { containerId, ifname, err: error },
        `cannot undo a failed attachment: ${describeError(error)}`,
      );
    });
    if (failsAt('undo-after-detach')) await failHere();
  }
}

/** Tells whether a plugin before us has given the pod a default route. */
function hasDefault({ previous }: AttachmentRequest): boolean {
  if (!previous) return false;
  return previous.routes.some(({ dst }) => dst === '0.0.0.0/0' || dst === '::/0');
}

function isRouteTaken(error: unknown): boolean {
  return (
    error instanceof NetlinkError &&
    error.code === 'EEXIST' &&
    error.operation.startsWith('add route')
  );
}
