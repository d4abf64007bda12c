import { CommonIndex } from './common-index.js';
import { type AttachmentKey, hostLinkName } from './identity.js';
import type { EndIndexes } from './interface.js';
import { type NetnsIdentity, namespaceText } from './netns.js';
import type { AttachmentRecord } from './record.js';

/** A retired interface: its links still have their names. */
export interface RetiredInterface {
  readonly record: AttachmentRecord;
  readonly ends: EndIndexes;
}

/** The retired interfaces whose names nobody has asked for yet. They go with their links. */
export class RetiredNames {
  readonly #all = new Set<RetiredInterface>();
  readonly #byNamespace = new CommonIndex<RetiredInterface>(({ record }) =>
    namespaceText(record.netns),
  );
  readonly #byLink = new CommonIndex<RetiredInterface>(({ record }) => record.hostLink);

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** Takes one in. */
  add(retired: RetiredInterface): void {
    this.#all.add(retired);
    this.#byNamespace.add(retired);
    this.#byLink.add(retired);
  }

  /** Leaves out one whose names are free: the same object that came in, or nothing happens. */
  delete(retired: RetiredInterface): void {
    if (!this.#all.delete(retired)) return;
    this.#byNamespace.delete(retired);
    this.#byLink.delete(retired);
  }

  /**
   * Those in the way of an interface that is about to be made, which are left out from now on: they have the name of its host's end, or
   * are in the same namespace, where not only their names would be met but also their routes.
   *
   * @param netns - `undefined` for those of the name alone.
   */
  takeAtPlace(key: AttachmentKey, netns: NetnsIdentity | undefined): readonly RetiredInterface[] {
    if (this.size === 0) return [];
    const named = this.#byLink.of(hostLinkName(key));
    const placed = netns ? this.#byNamespace.of(namespaceText(netns)) : [];
    const taken = [...new Set([...named, ...placed])];
    for (const retired of taken) this.delete(retired);
    return taken;
  }
}
