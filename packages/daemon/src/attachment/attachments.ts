import { conflictingPortMapping } from '@poplin/backend';
import type { Assignment, Ipam } from '@poplin/ipam';
import { describeError, familyOf, type Log } from '@poplin/net';
import { NetlinkError, openNetlink } from '@poplin/netlink';
import type { Reconciler } from '@poplin/reconciler';
import {
  type AttachmentDefaults,
  type AttachmentRequest,
  type BandwidthLimits,
  type CniCall,
  type NetworkSweep,
  parseAddCall,
  parseDelCall,
  resultText,
} from '../cni/index.js';
import type { AttachMode } from '../config/index.js';
import { failPoint } from '../fail-point/index.js';
import { type Entry, type InterfaceBuilder, ownerOf, type PodHandles } from './builder.js';
import { AttachmentError } from './error.js';
import { type AttachmentKey, keyText } from './identity.js';
import { KeyedLock } from './keyed-lock.js';
import { openContainerNetns } from './netns.js';
import { newRecord } from './new-record.js';
import { portMappingsOf } from './plan.js';
import type { AttachmentRecord } from './record.js';
import type { RecordStore } from './record-store.js';
import { resultOf } from './result.js';
import { Stopwatch } from './stopwatch.js';
import type { Survivor } from './survivors.js';
import { writeSysctls } from './sysctls.js';

/** How pods are attached just now. */
export interface PodNetwork {
  readonly mode: AttachMode;
  /** Name of the bridge of mode `bridge`. */
  readonly bridge: string;
  /** What the cluster says where a network's configuration says nothing. */
  readonly defaults: AttachmentDefaults;
}

/** What {@link Attachments} work with. */
export interface AttachmentsComponents {
  readonly ipam: Ipam;
  readonly reconciler: Reconciler;
  readonly builder: InterfaceBuilder;
  readonly store: RecordStore;
  readonly log: Log;
  /** Asked anew for every ADD. */
  readonly network: () => PodNetwork;
}

/** What one ADD goes through with. */
interface AddContext {
  readonly pod: PodHandles;
  readonly signal: AbortSignal;
  readonly watch: Stopwatch;
}

/**
 * The pods of this node.
 *
 * | state | event | next |
 * |---|---|---|
 * | absent | ADD | addresses taken → record kept → links built and host state set → present |
 * | absent | ADD fails or its caller goes away | the steps undone, last first → absent |
 * | present | ADD, interface there | refused, still present |
 * | present | ADD, interface gone | built again with the same addresses → present |
 * | any | DEL, GC, or the pod is found to have ended | host state given back, link down → addresses released → record deleted → absent; the link is deleted later |
 * | present | daemon starts | adopted: present |
 */
export class Attachments {
  readonly #parts: AttachmentsComponents;
  readonly #lock = new KeyedLock();
  readonly #entries = new Map<string, Entry>();

  constructor(parts: AttachmentsComponents) {
    this.#parts = parts;
  }

  /** All attachments. */
  list(): readonly AttachmentRecord[] {
    return [...this.#entries.values()].map(({ record }) => record);
  }

  /** One of them. */
  get(key: AttachmentKey): AttachmentRecord | undefined {
    return this.#entries.get(keyText(key))?.record;
  }

  /** Tells whether one of them has this link as its host's end. */
  usesLink(name: string): boolean {
    return this.list().some(({ hostLink }) => hostLink === name);
  }

  /** Takes over the attachments of an earlier run: their addresses are in use, their host state is wanted. */
  async adopt(survivors: readonly Survivor[]): Promise<void> {
    const { builder, reconciler, log } = this.#parts;
    for (const { record, ends } of survivors) this.#set({ record, ends });
    const states = survivors.map(
      ({ record }) => [ownerOf(record), builder.stateOf(record)] as const,
    );
    const { failed } = await reconciler.adopt(new Map(states));
    for (const { error } of failed) {
      log.error({ err: error }, `cannot restore: ${describeError(error)}`);
    }
  }

  /**
   * CNI ADD.
   *
   * @returns the CNI result, JSON.
   * @throws {CniCallError} when the call cannot be served as it is.
   * @throws {AttachmentError} when the namespace does not do, or what is asked for is taken.
   * @throws {IpamError} when there is no address.
   * @throws {NetlinkError | ReconcilerError} when the kernel refuses.
   */
  async add(call: CniCall, signal: AbortSignal): Promise<string> {
    const watch = new Stopwatch();
    const request = parseAddCall(call, this.#parts.network().defaults);
    watch.lap('parse');
    await failPoint('add-after-parse');
    return this.#lock.run(keyText(request), async () => {
      using netns = openContainerNetns(call);
      using netlink = openNetlink({ netns });
      const pod = { netns, netlink };
      watch.lap('namespace');
      await failPoint('add-after-netns-opened');
      await this.#clearRemains(request, pod);
      await failPoint('add-after-remains-cleared');
      const record = await this.#attach(request, { pod, signal, watch });
      await failPoint('add-before-answer');
      this.#parts.log.info({ ...factsOf(record), ms: watch.laps }, 'pod attached');
      return resultText(
        request.previous,
        resultOf(record, request.options.dns),
        request.cniVersion,
      );
    });
  }

  /**
   * CNI DEL. What is not there is deleted already.
   *
   * @throws {CniCallError} when no attachment can have this name.
   * @throws {NetlinkError} when the kernel refuses to take a link down; everything is as before then.
   */
  async del(call: Parameters<typeof parseDelCall>[0]): Promise<void> {
    const request = parseDelCall(call);
    await failPoint('del-after-parse');
    await this.#lock.run(keyText(request), async () => {
      await this.#detach(request, 'pod detached');
      await failPoint('del-before-answer');
    });
  }

  /**
   * Removes what has ended behind our back: called with what an audit has found, and found true again under the lock.
   *
   * @param hasEnded - asked once more before anything is done.
   */
  async expire(key: AttachmentKey, hasEnded: (entry: Entry) => Promise<boolean>): Promise<boolean> {
    return this.#lock.run(keyText(key), async () => {
      const entry = this.#entries.get(keyText(key));
      if (!entry || !(await hasEnded(entry))) return false;
      await this.#detach(key, 'pod ended without DEL');
      return true;
    });
  }

  /**
   * CNI GC: removes the attachments of a network that are not listed; nothing without a list. One that fails keeps no
   * other from being removed.
   *
   * @throws {AggregateError} all failures, when everything has been tried.
   */
  async sweep({ network, valid }: NetworkSweep): Promise<void> {
    if (!valid) return;
    const keep = new Set(valid.map(keyText));
    const stale = this.list().filter(
      (record) => record.network === network && !keep.has(keyText(record)),
    );
    const failures: unknown[] = [];
    for (const record of stale) {
      await failPoint('gc-before-detach');
      await this.#lock
        .run(keyText(record), () => this.#detach(record, 'pod removed by GC'))
        .catch((error: unknown) => failures.push(error));
      await failPoint('gc-after-detach');
    }
    if (failures.length > 0) {
      const words = failures.map(describeError).join('; ');
      throw new AggregateError(failures, `${failures.length} attachments not removed: ${words}`);
    }
  }

  /**
   * Changes the limits of a live attachment.
   *
   * @throws {AttachmentError} UNKNOWN_ATTACHMENT.
   * @throws {ReconcilerError} when the kernel refuses; every later look tries again.
   */
  setBandwidth(key: AttachmentKey, bandwidth: BandwidthLimits): Promise<AttachmentRecord> {
    return this.#lock.run(keyText(key), async () => {
      const entry = this.#entries.get(keyText(key));
      if (!entry) throw unknownAttachment(key);
      const record = { ...entry.record, bandwidth };
      this.#parts.store.put(record);
      this.#set({ ...entry, record });
      await this.#parts.builder.update(record);
      return record;
    });
  }

  #set(entry: Entry): void {
    this.#entries.set(keyText(entry.record), entry);
  }

  /** An earlier ADD that left a record: refused while its interface lives, else cleared for a new one. */
  async #clearRemains(request: AttachmentRequest, pod: PodHandles): Promise<void> {
    const earlier = this.#entries.get(keyText(request));
    if (!earlier) return;
    const links = await pod.netlink.link.list();
    if (links.some(({ name }) => name === request.ifname)) {
      throw new AttachmentError(
        'INTERFACE_EXISTS',
        `container ${request.containerId} is attached already: ${request.ifname} has ${addressText(earlier.record)}`,
        { remedy: 'Delete the attachment first (CNI DEL)' },
      );
    }
    await this.#parts.builder.retire(request, earlier);
  }

  async #attach(
    request: AttachmentRequest,
    { pod, signal, watch }: AddContext,
  ): Promise<AttachmentRecord> {
    const { ipam, network } = this.#parts;
    const { containerId, ifname, options } = request;
    const requested = options.ips.map(({ ip }) => ip);
    const assignments = await ipam.assign({
      containerId,
      ifname,
      pod: request.pod,
      signal,
      requested,
    });
    watch.lap('assign');
    await failPoint('add-after-assign');
    const { mode, bridge } = network();
    const secondary = this.#hasOthers(request, pod);
    const parts = { netns: pod.netns, assignments, mode, bridge, secondary };
    const record = newRecord(request, parts);
    try {
      throwIfGone(signal, record);
      refuseRoutes(request, assignments);
      this.#refuseTakenPorts(record);
      await failPoint('add-before-record');
      await this.#make(record, pod, watch);
      watch.lap('kernel');
      await writeSysctls(options.sysctls, pod.netns);
      await failPoint('add-after-host-state');
      throwIfGone(signal, record);
      return this.#entries.get(keyText(record))?.record ?? record;
    } catch (error) {
      await this.#undo(record);
      throw error;
    }
  }

  async #make(record: AttachmentRecord, pod: PodHandles, watch: Stopwatch): Promise<void> {
    const { builder, store } = this.#parts;
    store.put(record);
    this.#set({ record, ends: undefined });
    watch.lap('record');
    await failPoint('add-after-record');
    try {
      const ends = await builder.build(record, pod, watch);
      this.#set({ record, ends });
    } catch (error) {
      if (record.secondary || !isRouteTaken(error)) throw error;
      // Another plugin's interface has the default route of the pod.
      await builder.retire(record, { record, ends: undefined });
      await builder.settle();
      await this.#make({ ...record, secondary: true }, pod, watch);
    }
  }

  /** Tells whether the pod has another interface of ours, or plugins before us have made one. */
  #hasOthers({ ifname, previous }: AttachmentRequest, { netns }: PodHandles): boolean {
    if (previous?.routes.some(({ dst }) => dst === '0.0.0.0/0' || dst === '::/0')) return true;
    return this.list().some(
      (other) => other.netns.inode === `${netns.inode}` && other.ifname !== ifname,
    );
  }

  #refuseTakenPorts(record: AttachmentRecord): void {
    if (record.portMappings.length === 0) return;
    const wanted = portMappingsOf(record);
    for (const other of this.list()) {
      if (keyText(other) === keyText(record)) continue;
      const theirs = portMappingsOf(other);
      const clash = wanted.find((mapping) => conflictingPortMapping(mapping, theirs));
      if (!clash) continue;
      throw new AttachmentError(
        'PORT_IN_USE',
        `host port ${clash.hostPort}/${clash.protocol} belongs to ${ownerText(other)}`,
        { remedy: 'Choose another host port, or another node' },
      );
    }
  }

  /** Where even this fails the record stays, so that the DEL to come knows what there is. */
  async #undo(record: AttachmentRecord): Promise<void> {
    await failPoint('undo-before-detach');
    await this.#detach(record).catch((error: unknown) => {
      this.#parts.log.error(
        { ...factsOf(record), err: error },
        `cannot undo a failed attachment: ${describeError(error)}`,
      );
    });
    await failPoint('undo-after-detach');
  }

  /** @param news - what to tell the log when there was an attachment. */
  async #detach(key: AttachmentKey, news?: string): Promise<void> {
    const { ipam, builder, store, log } = this.#parts;
    const entry = this.#entries.get(keyText(key));
    await builder.retire(key, entry);
    await failPoint('del-before-release');
    ipam.release(key);
    await failPoint('del-after-release');
    store.delete(key);
    this.#entries.delete(keyText(key));
    await failPoint('del-after-record-deleted');
    if (entry && news) log.info(factsOf(entry.record), news);
  }
}

/** There is no attachment of this name. */
export function unknownAttachment({ containerId, ifname }: AttachmentKey): AttachmentError {
  return new AttachmentError(
    'UNKNOWN_ATTACHMENT',
    `container ${containerId} has no interface ${ifname} of Poplin`,
  );
}

function isRouteTaken(error: unknown): boolean {
  return (
    error instanceof NetlinkError &&
    error.code === 'EEXIST' &&
    error.operation.startsWith('add route')
  );
}

function refuseRoutes({ options }: AttachmentRequest, assignments: readonly Assignment[]): void {
  const families = new Set(assignments.map(({ ip }) => familyOf(ip)));
  const stray = options.routes.find(({ dst }) => !families.has(familyOf(dst)));
  if (!stray) return;
  throw new AttachmentError(
    'INVALID_NETWORK_CONFIG',
    `network configuration: routes: ${stray.dst} needs an address of its family, and the cluster has no pool for one`,
  );
}

function throwIfGone(signal: AbortSignal, { containerId }: AttachmentRecord): void {
  if (!signal.aborted) return;
  throw new AttachmentError(
    'CANCELLED',
    `the runtime gave up the ADD of container ${containerId} before it was done`,
    { retryable: true },
  );
}

/** What the log is told of an attachment. */
export function factsOf(record: AttachmentRecord) {
  return {
    pod: record.pod,
    containerId: record.containerId.slice(0, 12),
    ifname: record.ifname,
    ip: addressText(record),
    link: record.hostLink,
  };
}

function ownerText({ pod, containerId }: AttachmentRecord): string {
  return `${pod === undefined ? '' : `pod ${pod}, `}container ${containerId.slice(0, 12)}`;
}

function addressText({ addresses }: AttachmentRecord): string {
  return addresses.map(({ ip }) => ip).join(', ');
}
