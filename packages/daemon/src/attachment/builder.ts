import { familyOf, type Ip, type Log } from '@poplin/net';
import { NetlinkError, writeSysctl } from '@poplin/netlink';
import type { Reconciler } from '@poplin/reconciler';
import { failHere, failsAt } from '../fail-point/index.js';
import { owners } from '../kernel-owners.js';
import type { Calls } from './calls.js';
import { AttachmentError } from './error.js';
import { type AttachmentKey, hostLinkAlias } from './identity.js';
import { firstPodIndex, freeIndex, LinkIndexes } from './indexes.js';
import { type EndIndexes, finishHostEnd, type InterfacePlace, makeInterface } from './interface.js';
import { identityOf, namespaceText, openPod } from './netns.js';
import { hostStateOf } from './plan.js';
import type { PodHandles } from './pod-handles.js';
import type { AttachmentRecord } from './record.js';
import { isUntouched, resize } from './resize.js';
import { freeNamesOf, type RetireComponents, retireInterface } from './retire.js';
import { RetiredNames } from './retired-names.js';
import type { Stopwatch } from './stopwatch.js';

/** An attachment, with what is only known while the daemon runs. */
export interface Entry {
  readonly record: AttachmentRecord;
  /** Its links; `undefined` when they are not there. */
  readonly ends: EndIndexes | undefined;
}

/** What an {@link InterfaceBuilder} works with. */
export interface BuilderComponents {
  readonly reconciler: Reconciler;
  readonly log: Log;
  /** Tell whether others wait as well. */
  readonly calls: Pick<Calls, 'alone' | 'many'>;
  /** This node's own addresses, at most one per family. */
  readonly sources: () => readonly Ip[];
  /** Name of the bridge that has the blocks, in mode `bridge`. */
  readonly bridge: string;
}

/** Makes the interfaces of attachments, with what the host needs for them, and takes them down. */
export class InterfaceBuilder {
  readonly #parts: BuilderComponents;
  readonly #indexes = new LinkIndexes();
  readonly #names = new RetiredNames();
  readonly #retiring: RetireComponents;

  constructor(parts: BuilderComponents) {
    this.#parts = parts;
    this.#retiring = { names: this.#names, ...parts };
  }

  /**
   * Makes the links, configures them and the host, all in one go. What was made stays when this fails: see {@link retire}.
   *
   * @throws {AttachmentError} INTERFACE_EXISTS when the pod has an interface of that name.
   * @throws {NetlinkError | ReconcilerError} when the kernel refuses.
   */
  async build(record: AttachmentRecord, pod: PodHandles, watch: Stopwatch): Promise<EndIndexes> {
    if (record.addresses.some(({ ip }) => familyOf(ip) === 'ipv6')) {
      // Runtimes switch IPv6 off in new namespaces where the host has it off by default.
      await writeSysctl('net/ipv6/conf/default/disable_ipv6', '0', { netns: pod.netns });
    }
    if (failsAt('add-before-link')) await failHere();
    const bridgeIndex = record.mode === 'bridge' ? await this.#indexOf(record.bridge) : undefined;
    let settled = false;
    for (let podIndex = firstPodIndex; ; ) {
      const hostIndex = this.#indexes.next();
      try {
        const { netlink, netns } = pod;
        const place = { pod: netlink, netns, bridgeIndex, hostIndex, podIndex };
        noteSteps(watch, await this.#buildAt(record, place));
        if (failsAt('add-after-link')) await failHere();
        return { host: hostIndex, pod: podIndex };
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        if (isNameTaken(error) && !settled) {
          // By a link that waits to be deleted, perhaps: where the kernel did not rename it, it still has its name.
          await this.settle();
          settled = true;
          continue;
        }
        const links = await pod.netlink.link.list();
        if (isNameTaken(error)) refuseTakenName(links, record, error);
        // One of the two indexes is somebody else's already.
        if (error.code !== 'EBUSY') throw error;
        podIndex = freeIndex(links);
      }
    }
  }

  /** Whether an interface that waits to be deleted still has its names. */
  get keepsNames(): boolean {
    return this.#names.size > 0;
  }

  /**
   * Gives names free that one has which waits to be deleted.
   *
   * @param at - where an interface is about to be made; `undefined` where none is: then those of the same container and name alone.
   */
  async makeWay(key: AttachmentKey, at: PodHandles | undefined): Promise<void> {
    const { log, reconciler } = this.#parts;
    const place = at && identityOf(at.netns);
    for (const retired of this.#names.takeAtPlace(key, place)) {
      const isThere = place && namespaceText(retired.record.netns) === namespaceText(place);
      using elsewhere = isThere ? undefined : openPod(retired.record, []);
      const pod = isThere ? at.netlink : elsewhere;
      await freeNamesOf(retired, { host: reconciler.netlink, pod, log });
    }
  }

  /** Settles when what was retired until now is deleted. */
  settle(): Promise<void> {
    return this.#parts.reconciler.reap();
  }

  /** Makes the host as a changed record wants it. @throws {ReconcilerError} when the kernel refuses. */
  async update(record: AttachmentRecord): Promise<void> {
    await this.#parts.reconciler.set(owners.attachment(record), this.stateOf(record));
  }

  /**
   * Gives a live attachment the MTU of a changed record, unless somebody else has changed the pod's end.
   *
   * @returns true when it has it now.
   * @throws {NetlinkError} when the kernel refuses.
   */
  async resize({ record, ends }: Entry, next: AttachmentRecord): Promise<boolean> {
    using pod = openPod(record, []);
    if (!pod || !ends || !(await isUntouched(record, pod))) return false;
    const { reconciler } = this.#parts;
    await reconciler.exclusive((host) => resize(next, record.mtu, ends, { host, pod }));
    return true;
  }

  /** What an attachment needs of the host. */
  stateOf(record: AttachmentRecord) {
    return hostStateOf(record, this.#parts.sources(), this.#parts.bridge);
  }

  /**
   * Cuts a pod off: gives back what the host had for it and takes its interface down. The names of both ends are free for
   * whatever this daemon is asked next, see {@link makeWay}; the interface is deleted in a while.
   *
   * @param entry - the attachment; `undefined` when nothing is known of it: then by the name that it would have.
   * @param paths - where its namespace may be found besides.
   * @throws {NetlinkError} when the kernel refuses to take the link down.
   */
  async retire(
    key: AttachmentKey,
    entry: Entry | undefined,
    paths: readonly string[] = [],
  ): Promise<void> {
    if (!entry && this.keepsNames) await this.makeWay(key, undefined);
    await retireInterface(this.#retiring, key, entry, paths);
  }

  /** @returns how long the kernel took for the links, the pod's end and the host, milliseconds. */
  async #buildAt(
    record: AttachmentRecord,
    place: Omit<InterfacePlace, 'host'>,
  ): Promise<readonly number[]> {
    const { reconciler, calls } = this.#parts;
    const { hostIndex, bridgeIndex } = place;
    const { ms } = await reconciler.set(owners.attachment(record), this.stateOf(record), {
      // As it is made: what the reconciler need not do once more.
      known: [
        {
          name: record.hostLink,
          ifindex: hostIndex,
          alias: hostLinkAlias(record),
          ...(bridgeIndex !== undefined && { masterIfindex: bridgeIndex }),
        },
      ],
      first: makeInterface(record, { host: reconciler.netlink, ...place }),
      also: finishHostEnd(record, place),
      alone: calls.alone,
    });
    return ms;
  }

  #indexOf(bridge: string): Promise<number> {
    const { reconciler, calls } = this.#parts;
    return reconciler.exclusive(
      async (host) => (await host.link.get({ name: bridge }, { mayBlock: calls.alone })).ifindex,
    );
  }
}

/** Notes how long the kernel took for the steps of a build. */
function noteSteps(watch: Stopwatch, [link = 0, podEnd = 0, host = 0]: readonly number[]): void {
  watch.note('link', link);
  watch.note('podEnd', podEnd);
  watch.note('host', host);
}

/** That of the pair of links: other requests of a build meet with EEXIST too. */
function isNameTaken({ code, operation }: NetlinkError): boolean {
  return code === 'EEXIST' && operation.startsWith('add link');
}

/** The kernel says of both ends alike that a name is taken. In the pod it is the caller's business. */
function refuseTakenName(
  links: readonly { readonly name: string }[],
  { ifname, containerId }: AttachmentRecord,
  cause: NetlinkError,
): void {
  if (!links.some(({ name }) => name === ifname)) return;
  throw new AttachmentError(
    'INTERFACE_EXISTS',
    `container ${containerId} already has an interface ${ifname}`,
    {
      cause,
      remedy: 'Delete the earlier attachment first (CNI DEL), or ask for another interface name',
    },
  );
}
