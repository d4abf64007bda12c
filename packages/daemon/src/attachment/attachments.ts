import type { Assignment, Ipam } from '@poplin/ipam';
import { describeError, familyOf, type Ip, type Log, macForIp } from '@poplin/net';
import {
  type Netlink,
  NetlinkError,
  type Netns,
  openNetlink,
  openNetns,
  writeSysctl,
} from '@poplin/netlink';
import type { Reconciler } from '@poplin/reconciler';
import { failPoint } from '../fail-point/index.js';
import { AttachmentError } from './error.js';
import { type AttachmentKey, hostLinkName, keyText } from './identity.js';
import { firstPodIndex, freeIndex, LinkIndexes } from './indexes.js';
import {
  type EndIndexes,
  finishHostEnd,
  makeInterface,
  retireHostEnd,
  retireNamed,
  retirePodEnd,
} from './interface.js';
import { KeyedLock } from './keyed-lock.js';
import { identityOf, openContainerNetns } from './netns.js';
import { bridgeName, hostStateOf } from './plan.js';
import { deadName, type Reaper } from './reaper.js';
import type { AttachMode, AttachmentRecord } from './record.js';
import type { RecordStore } from './record-store.js';
import { type AttachmentRequest, type CniCall, parseCniCall } from './request.js';
import { cniResult } from './result.js';
import type { Survivor } from './survivors.js';

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
  readonly reaper: Reaper;
  readonly store: RecordStore;
  readonly log: Log;
  /** Asked anew for every ADD. */
  readonly network: () => PodNetwork;
}

/** An attachment, with what is only known while the daemon runs. */
interface Entry {
  readonly record: AttachmentRecord;
  /** Its links; `undefined` when they are not there. */
  readonly ends: EndIndexes | undefined;
}

/**
 * The pods of this node.
 *
 * | state | event | next |
 * |---|---|---|
 * | absent | ADD | addresses taken → record durable → links built and host state set → present |
 * | absent | ADD fails or its caller goes away | the steps undone, last first → absent |
 * | present | ADD, interface there | refused, still present |
 * | present | ADD, interface gone | built again with the same addresses → present |
 * | any | DEL | host state given back, link down → addresses released → record deleted → absent; the link is deleted later |
 * | present | daemon starts | adopted: present |
 */
export class Attachments {
  readonly #parts: AttachmentsComponents;
  readonly #lock = new KeyedLock();
  readonly #entries = new Map<string, Entry>();
  readonly #indexes = new LinkIndexes();

  constructor(parts: AttachmentsComponents) {
    this.#parts = parts;
  }

  /** All attachments. */
  list(): readonly AttachmentRecord[] {
    return [...this.#entries.values()].map(({ record }) => record);
  }

  /** Takes over the attachments of an earlier run: their addresses are in use, their host state is wanted. */
  async adopt(survivors: readonly Survivor[]): Promise<void> {
    for (const { record, ends } of survivors) {
      this.#entries.set(keyText(record), { record, ends });
    }
    const states = survivors.map(
      ({ record }) =>
        [ownerOf(record), hostStateOf(record, this.#parts.network().sources)] as const,
    );
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
    await failPoint('add-after-parse');
    return this.#lock.run(keyText(request), async () => {
      using netns = openContainerNetns(call);
      using pod = openNetlink({ netns });
      await failPoint('add-after-netns-opened');
      await this.#clearRemains(request, pod);
      await failPoint('add-after-remains-cleared');
      const record = await this.#attach(request, netns, pod, signal);
      this.#parts.log.info(facts(record), 'pod attached');
      await failPoint('add-before-answer');
      return cniResult(record, request.cniVersion);
    });
  }

  /**
   * CNI DEL. What is not there is deleted already.
   *
   * @throws {NetlinkError} when the kernel refuses to take a link down; everything is as before then.
   */
  async del(call: Pick<CniCall, 'containerId' | 'ifname'>): Promise<void> {
    const key = { containerId: call.containerId, ifname: call.ifname };
    await failPoint('del-after-parse');
    await this.#lock.run(keyText(key), async () => {
      const entry = this.#entries.get(keyText(key));
      await this.#detach(key);
      if (entry) this.#parts.log.info(facts(entry.record), 'pod detached');
      await failPoint('del-before-answer');
    });
  }

  /** An earlier ADD that left a record: refused while its interface lives, else cleared for a new one. */
  async #clearRemains(request: AttachmentRequest, pod: Netlink): Promise<void> {
    const earlier = this.#entries.get(keyText(request));
    if (!earlier) return;
    const links = await pod.link.list();
    if (links.some(({ name }) => name === request.ifname)) {
      throw new AttachmentError(
        'INTERFACE_EXISTS',
        `container ${request.containerId} is attached already: ${request.ifname} has ${addressText(earlier.record)}`,
        { remedy: 'Delete the attachment first (CNI DEL)' },
      );
    }
    await this.#takeDown(request, earlier);
  }

  async #attach(
    request: AttachmentRequest,
    netns: Netns,
    pod: Netlink,
    signal: AbortSignal,
  ): Promise<AttachmentRecord> {
    const { ipam, store } = this.#parts;
    const { containerId, ifname } = request;
    const assignments = await ipam.assign({ containerId, ifname, pod: request.pod, signal });
    await failPoint('add-after-assign');
    const record = newRecord(request, netns, assignments, this.#parts.network());
    try {
      throwIfGone(signal, record);
      await failPoint('add-before-record');
      store.put(record);
      this.#entries.set(keyText(record), { record, ends: undefined });
      await failPoint('add-after-record');
      const ends = await this.#build(record, netns, pod);
      this.#entries.set(keyText(record), { record, ends });
      await failPoint('add-after-host-state');
      throwIfGone(signal, record);
      return record;
    } catch (error) {
      await this.#undo(record);
      throw error;
    }
  }

  /** Makes the links, configures them and the host, all in one go. */
  async #build(record: AttachmentRecord, netns: Netns, pod: Netlink): Promise<EndIndexes> {
    if (record.addresses.some(({ ip }) => familyOf(ip) === 'ipv6')) {
      // Runtimes switch IPv6 off in new namespaces where the host has it off by default.
      await writeSysctl('net/ipv6/conf/default/disable_ipv6', '0', { netns });
    }
    await failPoint('add-before-link');
    const bridgeIndex = record.mode === 'bridge' ? await this.#bridgeIndex() : undefined;
    for (let podIndex = firstPodIndex; ; ) {
      const hostIndex = this.#indexes.next();
      try {
        await this.#buildWith(record, { netns, pod, bridgeIndex, hostIndex, podIndex });
        await failPoint('add-after-link');
        return { host: hostIndex, pod: podIndex };
      } catch (error) {
        const links = await refuseTakenName(pod, record, error);
        // One of the two indexes is somebody else's already.
        if (error instanceof NetlinkError && error.code !== 'EBUSY') throw error;
        podIndex = freeIndex(links);
      }
    }
  }

  async #buildWith(
    record: AttachmentRecord,
    place: Omit<Parameters<typeof makeInterface>[1], 'host'>,
  ): Promise<void> {
    const { reconciler, network } = this.#parts;
    const { hostIndex } = place;
    await reconciler.set(ownerOf(record), hostStateOf(record, network().sources), {
      known: [{ name: record.hostLink, ifindex: hostIndex }],
      first: makeInterface(record, { ...place, host: reconciler.netlink }),
      also: finishHostEnd(record, hostIndex),
    });
  }

  #bridgeIndex(): Promise<number> {
    return this.#parts.reconciler.exclusive(
      async (host) => (await host.link.get({ name: bridgeName })).ifindex,
    );
  }

  /** Where even this fails the record stays, so that the DEL to come knows what there is. */
  async #undo(record: AttachmentRecord): Promise<void> {
    await failPoint('undo-before-detach');
    await this.#detach(record).catch((error: unknown) => {
      this.#parts.log.error(
        { ...facts(record), err: error },
        `cannot undo a failed attachment: ${describeError(error)}`,
      );
    });
    await failPoint('undo-after-detach');
  }

  async #detach(key: AttachmentKey): Promise<void> {
    const { ipam, store } = this.#parts;
    await this.#takeDown(key, this.#entries.get(keyText(key)));
    await failPoint('del-before-release');
    ipam.release(key);
    await failPoint('del-after-release');
    store.delete(key);
    this.#entries.delete(keyText(key));
    await failPoint('del-after-record-deleted');
  }

  /** Cuts the pod off. Its interface is deleted in a while. */
  async #takeDown(key: AttachmentKey, entry: Entry | undefined): Promise<void> {
    const { reconciler, reaper } = this.#parts;
    const hostLink = hostLinkName(key);
    const name = deadName();
    const ends = entry?.ends;
    using pod = ends && openPod(entry.record);
    await failPoint('del-before-host-state');
    const [error] = await reconciler.remove(ownerOf(key), {
      known: ends ? [{ name: hostLink, ifindex: ends.host }] : [],
      first: pod ? [{ on: pod, requests: retirePodEnd(ends.pod, name), mayFail: true }] : [],
      also: ends ? retireHostEnd(ends.host, name) : retireNamed(hostLink),
    });
    await failPoint('del-after-link-down');
    if (error?.code === 'ENODEV') return;
    if (error) throw error;
    reaper.add();
  }
}

/**
 * The kernel says of both ends alike that a name is taken. In the pod it is the caller's business.
 *
 * @returns the links of the pod.
 * @throws {AttachmentError} INTERFACE_EXISTS.
 */
async function refuseTakenName(
  pod: Netlink,
  { ifname, containerId }: AttachmentRecord,
  cause: unknown,
): Promise<readonly { readonly ifindex: number; readonly name: string }[]> {
  if (!(cause instanceof NetlinkError)) throw cause;
  const links = await pod.link.list();
  if (cause.code !== 'EEXIST' || !links.some(({ name }) => name === ifname)) return links;
  throw new AttachmentError(
    'INTERFACE_EXISTS',
    `container ${containerId} already has an interface ${ifname}`,
    {
      cause,
      remedy: 'Delete the earlier attachment first (CNI DEL), or ask for another interface name',
    },
  );
}

/** The namespace of an attachment, if it is still there and still the same. */
function openPod({ netns: { path, device, inode } }: AttachmentRecord): Netlink | undefined {
  try {
    using netns = openNetns(path);
    const { device: dev, inode: ino } = identityOf(netns);
    return dev === device && ino === inode ? openNetlink({ netns }) : undefined;
  } catch (error) {
    if (error instanceof NetlinkError) return undefined;
    throw error;
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
    netns: { path: netnsPath, ...identityOf(netns) },
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
