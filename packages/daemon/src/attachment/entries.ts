import type { Entry } from './builder.js';
import { CommonIndex } from './common-index.js';
import { type AttachmentKey, hostLinkName, keyText } from './identity.js';
import { type NetnsIdentity, namespaceText } from './netns.js';
import type { AttachmentRecord } from './record.js';
import type { RecordStore } from './record-store.js';

/** The attachments that there are: in memory, and their records on disk. */
export class Entries {
  readonly #store: RecordStore;
  readonly #entries = new Map<string, Entry>();
  readonly #byContainer = new CommonIndex<AttachmentRecord>(({ containerId }) => containerId);
  readonly #byNamespace = new CommonIndex<AttachmentRecord>(({ netns }) => namespaceText(netns));
  readonly #byLink = new CommonIndex<AttachmentRecord>(({ hostLink }) => hostLink);
  readonly #withPorts = new Map<string, AttachmentRecord>();

  constructor(store: RecordStore) {
    this.#store = store;
  }

  /** All records. */
  records(): readonly AttachmentRecord[] {
    return [...this.#entries.values()].map(({ record }) => record);
  }

  /** One of them. */
  get(key: AttachmentKey): Entry | undefined {
    return this.#entries.get(keyText(key));
  }

  /** The records of a container. */
  ofContainer(containerId: string): readonly AttachmentRecord[] {
    return this.#byContainer.of(containerId);
  }

  /** The records of interfaces that were made in the namespace of these numbers; which another one may have by now. */
  inNamespace(identity: NetnsIdentity): readonly AttachmentRecord[] {
    return this.#byNamespace.of(namespaceText(identity));
  }

  /** The records that have ports of the host. */
  withPorts(): Iterable<AttachmentRecord> {
    return this.#withPorts.values();
  }

  /** Tells whether one of them has this link as its host's end. */
  usesLink(name: string): boolean {
    return this.#byLink.of(name).length > 0;
  }

  /** Takes over one whose record is on disk already, or has just changed what only memory knows. */
  set(entry: Entry): void {
    const text = keyText(entry.record);
    const before = this.#entries.get(text)?.record;
    this.#entries.set(text, entry);
    if (before === entry.record) return;
    if (before) this.#leaveOut(text, before);
    this.#takeIn(text, entry.record);
  }

  /** Keeps a new record, or a changed one: it outlives this process when this returns. @throws {Error} the system's. */
  keep(entry: Entry): void {
    this.#store.put(entry.record);
    this.set(entry);
  }

  /** Forgets one; one that is not there is forgotten already. @throws {Error} the system's. */
  forget(key: AttachmentKey): void {
    const text = keyText(key);
    const record = this.#entries.get(text)?.record;
    // Of one that nobody knows there may be a record that cannot be read.
    this.#store.delete(record?.hostLink ?? hostLinkName(key));
    this.#entries.delete(text);
    if (record) this.#leaveOut(text, record);
  }

  #takeIn(text: string, record: AttachmentRecord): void {
    this.#byContainer.add(record);
    this.#byNamespace.add(record);
    this.#byLink.add(record);
    if (record.portMappings.length > 0) this.#withPorts.set(text, record);
  }

  #leaveOut(text: string, record: AttachmentRecord): void {
    this.#byContainer.delete(record);
    this.#byNamespace.delete(record);
    this.#byLink.delete(record);
    this.#withPorts.delete(text);
  }
}
