import type { Ipam } from '@poplin/ipam';
import { type Caller, describeError, type Log, merged } from '@poplin/net';
import type { Reconciler } from '@poplin/reconciler';
import {
  type BandwidthLimits,
  type CniCall,
  type NetworkSweep,
  parseAddCall,
  parseDelCall,
} from '../cni/index.js';
import { failHere, failsAt } from '../fail-point/index.js';
import { owners } from '../kernel-owners.js';
import { Adder, type PodNetwork } from './adder.js';
import type { Entry, InterfaceBuilder } from './builder.js';
import type { Calls } from './calls.js';
import { Entries } from './entries.js';
import { factsOf } from './facts.js';
import { type AttachmentKey, keyText } from './identity.js';
import { KeyedLock } from './keyed-lock.js';
import type { PodMtu } from './mtu.js';
import { netnsPaths } from './netns.js';
import { openPodHandles } from './pod-handles.js';
import type { AttachmentRecord } from './record.js';
import type { RecordStore } from './record-store.js';
import { unknownAttachment } from './refusals.js';
import { resized } from './resize.js';
import { Stopwatch } from './stopwatch.js';
import type { Survivor } from './survivors.js';

/** What {@link Attachments} work with. */
export interface AttachmentsComponents {
  readonly ipam: Ipam;
  readonly reconciler: Reconciler;
  readonly builder: InterfaceBuilder;
  /** What ADDs and DELs are counted by. */
  readonly calls: Calls;
  readonly store: RecordStore;
  readonly log: Log;
  /** Asked anew for every ADD. */
  readonly network: () => PodNetwork;
}

/** What is read of a DEL. */
type DelCall = Parameters<typeof parseDelCall>[0] & Parameters<typeof netnsPaths>[0];

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
  readonly #entries: Entries;
  readonly #adder: Adder;

  constructor(parts: AttachmentsComponents) {
    this.#parts = parts;
    this.#entries = new Entries(parts.store);
    const { ipam, builder, calls, log } = parts;
    this.#adder = new Adder({
      detach: (key) => this.#detach(key),
      ...{ ipam, builder, calls, log, entries: this.#entries },
    });
  }

  /** How many ADDs and DELs there were, whatever came of them. */
  get calls(): number {
    return this.#parts.calls.count;
  }

  /** All attachments. */
  list(): readonly AttachmentRecord[] {
    return this.#entries.records();
  }

  /** One of them. */
  get(key: AttachmentKey): AttachmentRecord | undefined {
    return this.#entries.get(key)?.record;
  }

  /** Tells whether one of them has this link as its host's end. */
  usesLink(name: string): boolean {
    return this.#entries.usesLink(name);
  }

  /** Takes over the attachments of an earlier run: their addresses are in use, their host state is wanted. */
  async adopt(survivors: readonly Survivor[]): Promise<void> {
    const { builder, reconciler, log } = this.#parts;
    for (const survivor of survivors) this.#entries.set(survivor);
    const states = survivors.map(
      ({ record }) => [owners.attachment(record), builder.stateOf(record)] as const,
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
  add(call: CniCall, caller: Caller): Promise<string> {
    return this.#parts.calls.run(() => this.#add(call, caller));
  }

  async #add(call: CniCall, caller: Caller): Promise<string> {
    const watch = new Stopwatch();
    const network = this.#parts.network();
    const request = parseAddCall(call, network.defaults);
    watch.lap('parse');
    if (failsAt('add-after-parse')) await failHere();
    return this.#lock.run(keyText(request), async () => {
      using pod = openPodHandles(call);
      watch.lap('namespace');
      if (failsAt('add-after-netns-opened')) await failHere();
      const { callerPid } = call;
      return await this.#adder.add(request, { pod, network, caller, watch, callerPid });
    });
  }

  /**
   * CNI DEL. What is not there is deleted already.
   *
   * @throws {CniCallError} when no attachment can have this name.
   * @throws {NetlinkError} when the kernel refuses to take a link down; everything is as before then.
   */
  del(call: DelCall): Promise<void> {
    return this.#parts.calls.run(() => this.#del(call));
  }

  async #del(call: DelCall): Promise<void> {
    const request = parseDelCall(call);
    if (failsAt('del-after-parse')) await failHere();
    await this.#lock.run(keyText(request), async () => {
      await this.#detach(request, 'pod detached', netnsPaths(call));
      if (failsAt('del-before-answer')) await failHere();
    });
  }

  /**
   * Removes what has ended behind our back: called with what an audit has found, and found true again under the lock.
   *
   * @param hasEnded - asked once more before anything is done.
   */
  async expire(key: AttachmentKey, hasEnded: (entry: Entry) => Promise<boolean>): Promise<boolean> {
    return this.#lock.run(keyText(key), async () => {
      const entry = this.#entries.get(key);
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
      if (failsAt('gc-before-detach')) await failHere();
      await this.#lock
        .run(keyText(record), () => this.#detach(record, 'pod removed by GC'))
        .catch((error: unknown) => failures.push(error));
      if (failsAt('gc-after-detach')) await failHere();
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
      const entry = this.#entries.get(key);
      if (!entry) throw unknownAttachment(key);
      const record = { ...entry.record, bandwidth };
      this.#entries.keep({ ...entry, record });
      await this.#parts.builder.update(record);
      return record;
    });
  }

  /**
   * Makes the host anew as all attachments want it: the node's addresses have changed.
   *
   * @throws {AggregateError} what the kernel refuses, when all have been tried; every later look tries again.
   */
  updateAll(): Promise<void> {
    return this.#forEach(({ record }) => this.#parts.builder.update(record));
  }

  /**
   * Gives all attachments the MTU that new ones get.
   *
   * @throws {AggregateError} what the kernel refuses, when all have been tried.
   */
  resizeAll(mtu: PodMtu): Promise<void> {
    return this.#forEach(async (entry) => {
      const next = resized(entry.record, mtu);
      if (!next || !(await this.#parts.builder.resize(entry, next))) return;
      this.#entries.keep({ ...entry, record: next });
      this.#parts.log.info(merged(factsOf(next), { mtu: next.mtu }), 'pod has another MTU');
    });
  }

  async #forEach(work: (entry: Entry) => Promise<void>): Promise<void> {
    const failures: unknown[] = [];
    for (const key of this.list()) {
      await this.#lock
        .run(keyText(key), async () => {
          const entry = this.#entries.get(key);
          if (entry) await work(entry);
        })
        .catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) {
      const words = failures.map(describeError).join('; ');
      throw new AggregateError(failures, `${failures.length} attachments not changed: ${words}`);
    }
  }

  /**
   * @param news - what to tell the log when there was an attachment.
   * @param paths - where its namespace may be found besides.
   */
  async #detach(key: AttachmentKey, news?: string, paths?: readonly string[]): Promise<void> {
    const { ipam, builder, log } = this.#parts;
    const entry = this.#entries.get(key);
    await builder.retire(key, entry, paths);
    if (failsAt('del-before-release')) await failHere();
    ipam.release(key);
    if (failsAt('del-after-release')) await failHere();
    this.#entries.forget(key);
    if (failsAt('del-after-record-deleted')) await failHere();
    // Behind the answer, which the runtime waits for.
    if (entry && news) setImmediate(() => log.info(factsOf(entry.record), news));
  }
}
