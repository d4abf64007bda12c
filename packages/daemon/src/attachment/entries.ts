import type { Entry } from './builder.js';
import { type AttachmentKey, hostLinkName, keyText } from './identity.js';
import type { AttachmentRecord } from './record.js';
import type { RecordStore } from './record-store.js';

/** The attachments that there are: in memory, and their records on disk. */
export class Entries {
  readonly #store: RecordStore;
  readonly #entries = new Map<string, Entry>();

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

  /** Takes over one whose record is on disk already, or has just changed what only memory knows. */
  set(entry: Entry): void {
    this.#entries.set(keyText(entry.record), entry);
  }

  /** Keeps a new record, or a changed one: it outlives this process when this returns. @throws {Error} the system's. */
  keep(entry: Entry): void {
    this.#store.put(entry.record);
    this.set(entry);
  }

  /** Forgets one; one that is not there is forgotten already. @throws {Error} the system's. */
  forget(key: AttachmentKey): void {
    const text = keyText(key);
    // Of one that nobody knows there may be a record that cannot be read.
    this.#store.delete(this.#entries.get(text)?.record.hostLink ?? hostLinkName(key));
    this.#entries.delete(text);
  }
}
