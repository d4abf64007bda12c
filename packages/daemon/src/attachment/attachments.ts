import type { KernelState } from '@poplin/backend';
import type { Assignment, Ipam } from '@poplin/ipam';
import { describeError, type Ip, type Log, macForIp } from '@poplin/net';
import { type Netlink, type Netns, openNetlink } from '@poplin/netlink';
import type { Reconciler } from '@poplin/reconciler';
import { AttachmentError } from './error.js';
import { type AttachmentKey, hostLinkName, keyText } from './identity.js';
import { buildInterface, removeInterface } from './interface.js';
import { KeyedLock } from './keyed-lock.js';
import { openContainerNetns } from './netns.js';
import { hostStateOf } from './plan.js';
import type { AttachMode, AttachmentRecord } from './record.js';
import type { RecordStore } from './record-store.js';
import { type AttachmentRequest, type CniCall, parseCniCall } from './request.js';
import { cniResult } from './result.js';

/** How pods are attached just now. */
export interface PodNetwork {
  readonly mode: AttachMode;
  /** MTU of new pods, bytes. */
  readonly mtu: number;
  /** This node's own addresses, at most one per family. */
  readonly sources: readonly Ip[];
}

/** What {@link Attachments} work with. */
export interface AttachmentsComponents {
  readonly ipam: Ipam;
  readonly reconciler: Reconciler;
  readonly store: RecordStore;
  readonly log: Log;
  /** Asked anew for every ADD. */
  readonly network: () => PodNetwork;
}

/**
 * The pods of this node.
 *
 * | state | event | next |
 * |---|---|---|
 * | absent | ADD | addresses taken → record durable → links built → host state set → present |
 * | absent | ADD fails or its caller goes away | the steps undone, last first → absent |
 * | present | ADD, interface there | refused, still present |
 * | present | ADD, interface gone | built again with the same addresses → present |
 * | any | DEL | host state given back → links deleted → addresses released → record deleted → absent |
 * | present | daemon starts | adopted: present |
 */
export class Attachments {
  readonly #parts: AttachmentsComponents;
  readonly #lock = new KeyedLock();
  readonly #records = new Map<string, AttachmentRecord>();

  constructor(parts: AttachmentsComponents) {
    this.#parts = parts;
  }

  /** All attachments. */
  list(): readonly AttachmentRecord[] {
    return [...this.#records.values()];
  }

  /** Takes over the attachments of an earlier run: their addresses are in use, their host state is wanted. */
  async adopt(records: readonly AttachmentRecord[]): Promise<void> {
    for (const record of records) this.#records.set(keyText(record), record);
    const states = records.map((record) => [ownerOf(record), this.#hostState(record)] as const);
    const { failed } = await this.#parts.reconciler.adopt(new Map(states));
    for (const { error } of failed) {
      this.#parts.log.error({ err: error }, `cannot restore: ${describeError(error)}`);
    }
  }

  /**
   * CNI ADD.
   *
   * @returns the CNI result, JSON.
   * @throws {AttachmentError} when the call is not valid or the namespace does not do.
   * @throws {IpamError} when there is no address.
   * @throws {NetlinkError | ReconcilerError} when the kernel refuses.
   */
  async add(call: CniCall, signal: AbortSignal): Promise<string> {
    const request = parseCniCall(call);
    return this.#lock.run(keyText(request), async () => {
      using netns = openContainerNetns(call);
      await this.#clearRemains(request, netns);
      const record = await this.#attach(request, netns, signal);
      this.#parts.log.info(facts(record), 'pod attached');
      return cniResult(record, request.cniVersion);
    });
  }

  /**
   * CNI DEL. What is not there is deleted already.
   *
   * @throws {NetlinkError} when the kernel refuses to delete a link; everything is as before then.
   */
  async del(call: CniCall): Promise<void> {
    const key = { containerId: call.containerId, ifname: call.ifname };
    await this.#lock.run(keyText(key), async () => {
      const record = this.#records.get(keyText(key));
      await this.#detach(key);
      if (record) this.#parts.log.info(facts(record), 'pod detached');
    });
  }

  /** An earlier ADD that left a record: refused while its interface lives, else cleared for a new one. */
  async #clearRemains(request: AttachmentRequest, netns: Netns): Promise<void> {
    const earlier = this.#records.get(keyText(request));
    if (!earlier) return;
    using pod = openNetlink({ netns });
    const links = await pod.link.list();
    if (links.some(({ name }) => name === request.ifname)) {
      throw new AttachmentError(
        'INTERFACE_EXISTS',
        `container ${request.containerId} is attached already: ${request.ifname} has ${addressText(earlier)}`,
        { remedy: 'Delete the attachment first (CNI DEL)' },
      );
    }
    await this.#parts.reconciler.remove(ownerOf(earlier));
    await this.#exclusive((host) => removeInterface(host, earlier.hostLink));
  }

  async #attach(
    request: AttachmentRequest,
    netns: Netns,
    signal: AbortSignal,
  ): Promise<AttachmentRecord> {
    const { ipam, reconciler, store } = this.#parts;
    const { containerId, ifname, pod } = request;
    const assignments = await ipam.assign({ containerId, ifname, pod, signal });
    const record = newRecord(request, netns, assignments, this.#parts.network());
    try {
      throwIfGone(signal, record);
      store.put(record);
      this.#records.set(keyText(record), record);
      const ifindex = await this.#exclusive((host) => buildInterface(host, netns, record));
      const known = [{ name: record.hostLink, ifindex }];
      await reconciler.set(ownerOf(record), this.#hostState(record), known);
      throwIfGone(signal, record);
      return record;
    } catch (error) {
      await this.#undo(record);
      throw error;
    }
  }

  /** Where even this fails the record stays, so that the DEL to come knows what there is. */
  async #undo(record: AttachmentRecord): Promise<void> {
    await this.#detach(record).catch((error: unknown) => {
      this.#parts.log.error(
        { ...facts(record), err: error },
        `cannot undo a failed attachment: ${describeError(error)}`,
      );
    });
  }

  async #detach(key: AttachmentKey): Promise<void> {
    const { ipam, reconciler, store } = this.#parts;
    await reconciler.remove(ownerOf(key));
    await this.#exclusive((host) => removeInterface(host, hostLinkName(key)));
    ipam.release(key);
    store.delete(key);
    this.#records.delete(keyText(key));
  }

  #hostState(record: AttachmentRecord): KernelState {
    return hostStateOf(record, this.#parts.network().sources);
  }

  #exclusive<T>(work: (host: Netlink) => Promise<T>): Promise<T> {
    return this.#parts.reconciler.exclusive(work);
  }
}

/** Name under which an attachment owns its state at the reconciler. */
function ownerOf(key: AttachmentKey): string {
  return `pod ${keyText(key)}`;
}

function newRecord(
  { containerId, ifname, netnsPath, network, pod }: AttachmentRequest,
  netns: Netns,
  assignments: readonly Assignment[],
  { mode, mtu }: PodNetwork,
): AttachmentRecord {
  const [first] = assignments;
  if (!first) throw new TypeError('IPAM assigns at least one address');
  return {
    version: 1,
    containerId,
    ifname,
    netns: { path: netnsPath, device: `${netns.device}`, inode: `${netns.inode}` },
    mode,
    hostLink: hostLinkName({ containerId, ifname }),
    mac: macForIp(first.ip),
    mtu,
    addresses: assignments.map(({ ip, block, assignedAt }) => ({ ip, block, assignedAt })),
    network,
    ...(pod !== undefined && { pod }),
    createdAt: new Date().toISOString(),
  };
}

function throwIfGone(signal: AbortSignal, { containerId }: AttachmentRecord): void {
  if (!signal.aborted) return;
  throw new AttachmentError(
    'CANCELLED',
    `the runtime gave up the ADD of container ${containerId} before it was done`,
    { retryable: true },
  );
}

function facts(record: AttachmentRecord) {
  return {
    pod: record.pod,
    containerId: record.containerId.slice(0, 12),
    ifname: record.ifname,
    ip: addressText(record),
    link: record.hostLink,
  };
}

function addressText({ addresses }: AttachmentRecord): string {
  return addresses.map(({ ip }) => ip).join(', ');
}
