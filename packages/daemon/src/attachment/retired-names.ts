import { type AttachmentKey, hostLinkName } from './identity.js';
import type { EndIndexes } from './interface.js';
import { type NetnsIdentity, namespaceText } from './netns.js';
import type { AttachmentRecord } from './record.js';
import { RecordIndex } from './record-index.js';

/** A retired interface: its links still have their names. */
export interface RetiredInterface {
  readonly record: AttachmentRecord;
  readonly ends: EndIndexes;
}

/** The retired interfaces whose names nobody has asked for yet. They go with their links. */
export class RetiredNames {
  readonly #interfaces = new Map<AttachmentRecord, RetiredInterface>();
  readonly #byNamespace = new RecordIndex(({ netns }) => namespaceText(netns));
  readonly #byLink = new RecordIndex(({ hostLink }) => hostLink);

  /** How many there are. */
  get size(): number {
    return this.#interfaces.size;
  }

  /** Takes one in. */
  add(retired: RetiredInterface): void {
    this.#interfaces.set(retired.record, retired);
    this.#byNamespace.add(retired.record);
    this.#byLink.add(retired.record);
  }

  /** Leaves out one whose names are free, or that is not there. */
  delete({ record }: RetiredInterface): void {
    if (!this.#interfaces.delete(record)) return;
    this.#byNamespace.delete(record);
    this.#byLink.delete(record);
  }

  /**
   * Those in the way of an interface that is about to be made, which are left out from now on: they have the name of its host's end, or
   * are in the same namespace, where not only their names would be met but also their routes.
   *
   * @param netns - `undefined` for those of the name alone.
   */
  takeAtPlace(key: AttachmentKey, netns: NetnsIdentity | undefined): readonly RetiredInterface[] {
    if (this.size === 0) return [];
    const records = new Set([
      ...this.#byLink.of(hostLinkName(key)),
      ...(netns ? this.#byNamespace.of(namespaceText(netns)) : []),
    ]);
    const taken: RetiredInterface[] = [];
    for (const record of records) {
      const retired = this.#interfaces.get(record);
      if (retired) taken.push(retired);
    }
    for (const retired of taken) this.delete(retired);
    return taken;
  }
}
