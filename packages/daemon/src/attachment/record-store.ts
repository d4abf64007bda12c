import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, type Log } from '@poplin/net';
import { createFile, removeFile, replaceFile } from '../file/atomic.js';
import { type AttachmentRecord, formatRecord, parseRecord } from './record.js';

/**
 * The attachments of this node, one file each, in a directory that a reboot clears: a reboot ends the pods
 * too.
 */
export class RecordStore {
  readonly #directory: string;
  readonly #log: Log;

  /** @param runDir - usually /run/poplin. @throws {Error} when the directory cannot be made. */
  constructor(runDir: string, log: Log) {
    this.#directory = join(runDir, 'attachments');
    this.#log = log;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** Keeps a record. It outlives this process when this returns. */
  put(record: AttachmentRecord): void {
    const path = this.#path(record.hostLink);
    const text = formatRecord(record);
    if (!createFile(path, text)) replaceFile(path, text, 'crash');
  }

  /** Forgets a record, by the name of the host's end; one that is not there is forgotten already. */
  delete(hostLink: string): void {
    removeFile(this.#path(hostLink));
  }

  /** All records. A file that holds none is reported and left for a person to look at. */
  list(): AttachmentRecord[] {
    const records: AttachmentRecord[] = [];
    for (const name of readdirSync(this.#directory).sort()) {
      const path = join(this.#directory, name);
      if (name.endsWith('.tmp')) rmSync(path, { force: true });
      else if (name.endsWith('.json')) records.push(...this.#read(path));
    }
    return records;
  }

  #read(path: string): AttachmentRecord[] {
    try {
      const text = readFileSync(path, 'utf8');
      if (text !== '') return [parseRecord(text)];
      // Its ADD was killed before anything was done for it.
      rmSync(path, { force: true });
      return [];
    } catch (error) {
      this.#log.error(
        { path, err: error },
        `attachment record ${path} cannot be read: ${describeError(error)}. Its address is not kept from reuse`,
      );
      return [];
    }
  }

  #path(hostLink: string): string {
    return `${this.#directory}/${hostLink}.json`;
  }
}
