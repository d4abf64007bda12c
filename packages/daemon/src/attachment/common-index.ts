import type { AttachmentRecord } from './record.js';

/** The records by something that few of them have in common, so that a call need not look through all. */
export class RecordIndex {
  readonly #nameOf: (record: AttachmentRecord) => string;
  readonly #records = new Map<string, readonly AttachmentRecord[]>();

  /** @param nameOf - what is common; always the same of one record. */
  constructor(nameOf: (record: AttachmentRecord) => string) {
    this.#nameOf = nameOf;
  }

  /** Those of this name, in the order in which they came. */
  of(name: string): readonly AttachmentRecord[] {
    return this.#records.get(name) ?? none;
  }

  /** Takes one in. */
  add(record: AttachmentRecord): void {
    const name = this.#nameOf(record);
    const others = this.#records.get(name);
    this.#records.set(name, others ? [...others, record] : [record]);
  }

  /** Leaves one out: the same object that came in. */
  delete(record: AttachmentRecord): void {
    const name = this.#nameOf(record);
    const others = this.of(name).filter((other) => other !== record);
    if (others.length > 0) this.#records.set(name, others);
    else this.#records.delete(name);
  }
}

const none: readonly AttachmentRecord[] = [];
