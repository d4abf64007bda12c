import type { Assignment, Ipam } from '@poplin/ipam';
import { describeError, type Log } from '@poplin/net';
import { NetlinkError, type Netns } from '@poplin/netlink';
import { type AttachmentDefaults, type AttachmentRequest, resultText } from '../cni/index.js';
import type { AttachMode } from '../config/index.js';
import { failPoint } from '../fail-point/index.js';
import type { InterfaceBuilder, PodHandles } from './builder.js';
import type { Entries } from './entries.js';
import { factsOf } from './facts.js';
import type { AttachmentKey } from './identity.js';
import { type AskedFor, newRecord } from './new-record.js';
import type { AttachmentRecord } from './record.js';
import { attachedAlready, refuseStrayRoutes, refuseTakenPorts, throwIfGone } from './refusals.js';
import { resultOf } from './result.js';
import type { Stopwatch } from './stopwatch.js';
import { writeSysctls } from './sysctls.js';

/** How pods are attached just now. */
export interface PodNetwork {
  readonly mode: AttachMode;
  /** Name of the bridge of mode `bridge`. */
  readonly bridge: string;
  /** What the cluster says where a network's configuration says nothing. */
  readonly defaults: AttachmentDefaults;
}

/** What an {@link Adder} works with. */
export interface AdderComponents {
  readonly ipam: Ipam;
  readonly builder: InterfaceBuilder;
  readonly entries: Entries;
  readonly log: Log;
  /** Asked anew for every ADD. */
  readonly network: () => PodNetwork;
  /** Takes everything of an attachment away again. */
  readonly detach: (key: AttachmentKey) => Promise<void>;
}

/** What one ADD goes through with. */
export interface AddContext {
  readonly pod: PodHandles;
  /** Fires when the caller goes away. */
  readonly signal: AbortSignal;
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
    await this.#clearRemains(request, context.pod);
    await failPoint('add-after-remains-cleared');
    const asked = this.#askedFor(request);
    const assignments = await this.#assign(request, asked, context);
    try {
      await failPoint('add-after-assign');
      const { mode, bridge } = this.#parts.network();
      const { netns } = context.pod;
      const secondary = this.#isSecondary(request, netns);
      const parts = { netns, assignments, mode, bridge, secondary };
      return await this.#attach(newRecord(request, asked, parts), request, context);
    } catch (error) {
      await this.#undo(request);
      throw error;
    }
  }

  /** An earlier ADD that left a record: refused while its interface lives, else cleared for a new one. */
  async #clearRemains(request: AttachmentRequest, { netlink }: PodHandles): Promise<void> {
    const earlier = this.#parts.entries.get(request);
    if (!earlier) return;
    const links = await netlink.link.list();
    if (links.some(({ name }) => name === request.ifname)) throw attachedAlready(earlier.record);
    await this.#parts.builder.retire(request, earlier);
  }

  /** Runtimes hand all interfaces of a pod the same wishes. They are the first one's. */
  #askedFor({ containerId, ifname, options }: AttachmentRequest): AskedFor {
    const isFirst = !this.#parts.entries
      .records()
      .some((other) => other.containerId === containerId && other.ifname !== ifname);
    return isFirst ? options : { ...options, ips: [], mac: undefined, portMappings: [] };
  }

  /** Tells whether something else has the default route of the pod: another interface of ours, or a plugin before us. */
  #isSecondary({ ifname, previous }: AttachmentRequest, netns: Netns): boolean {
    const isDefault = (dst: string): boolean => dst === '0.0.0.0/0' || dst === '::/0';
    if (previous?.routes.some(({ dst }) => isDefault(dst))) return true;
    return this.#parts.entries
      .records()
      .some((other) => other.netns.inode === `${netns.inode}` && other.ifname !== ifname);
  }

  async #assign(
    { containerId, ifname, pod }: AttachmentRequest,
    { ips }: AskedFor,
    { signal, watch }: AddContext,
  ): Promise<readonly Assignment[]> {
    const requested = ips.map(({ ip }) => ip);
    const holder = { containerId, ifname, pod };
    const assignments = await this.#parts.ipam.assign({ ...holder, signal, requested });
    watch.lap('assign');
    return assignments;
  }

  async #attach(
    record: AttachmentRecord,
    { options, previous, cniVersion }: AttachmentRequest,
    { pod, signal, watch }: AddContext,
  ): Promise<string> {
    const { entries, log } = this.#parts;
    throwIfGone(signal, record);
    refuseStrayRoutes(record);
    refuseTakenPorts(record, entries.records());
    await failPoint('add-before-record');
    const made = await this.#make(record, pod, watch);
    watch.lap('kernel');
    await writeSysctls(options.sysctls, pod.netns);
    await failPoint('add-after-host-state');
    throwIfGone(signal, record);
    const result = resultText(previous, resultOf(made, options.dns), cniVersion);
    await failPoint('add-before-answer');
    log.info({ ...factsOf(made), ms: watch.laps }, 'pod attached');
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
    await failPoint('add-after-record');
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
    await failPoint('undo-before-detach');
    await this.#parts.detach({ containerId, ifname }).catch((error: unknown) => {
      this.#parts.log.error(
        { containerId, ifname, err: error },
        `cannot undo a failed attachment: ${describeError(error)}`,
      );
    });
    await failPoint('undo-after-detach');
  }
}

function isRouteTaken(error: unknown): boolean {
  return (
    error instanceof NetlinkError &&
    error.code === 'EEXIST' &&
    error.operation.startsWith('add route')
  );
}
