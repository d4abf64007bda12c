import { closedError } from '../error.js';
import type { BlockingThread } from '../thread/thread.js';
import { decodeNftReply } from './decode.js';
import type { NftLibrary } from './library.js';
import { nftRefusal } from './refusal.js';
import type { NftObject } from './types.js';

/** NFT_CTX_OUTPUT_HANDLE and NFT_CTX_OUTPUT_JSON: handles are what a rule is deleted by. */
const OUTPUT_FLAGS = (1 << 3) | (1 << 4);

/** A libnftables context: its socket stays in the namespace that it was made in. Freed when nobody holds it any more. */
export class NftContext implements Disposable {
  readonly #library: NftLibrary;
  readonly #thread: BlockingThread;
  readonly #context: unknown;
  #holders = 1;
  #closed = false;

  constructor(library: NftLibrary, thread: BlockingThread) {
    this.#library = library;
    this.#thread = thread;
    this.#context = library.newContext(0);
    library.setOutputFlags(this.#context, OUTPUT_FLAGS);
    library.bufferOutput(this.#context);
    library.bufferError(this.#context);
  }

  /** Keeps the context for a call, also past disposal. @throws {NetlinkError} CLOSED. */
  hold(operation: string): Disposable {
    if (this.#closed) throw closedError(operation, 'nftables handle');
    this.#holders += 1;
    return { [Symbol.dispose]: () => this.#release() };
  }

  /**
   * Carries out commands, and gives what they list. To be called while held.
   *
   * @throws {NetlinkError} NFTABLES, DECODE.
   */
  async run(operation: string, commands: readonly object[]): Promise<NftObject[]> {
    const { failed, words, output } = await this.#thread.run('nftables', {
      context: this.#context,
      commands: JSON.stringify({ nftables: commands }),
    });
    if (failed) throw nftRefusal(operation, words);
    return decodeNftReply(operation, output);
  }

  [Symbol.dispose](): void {
    if (!this.#closed) this.#release();
    this.#closed = true;
  }

  #release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#library.freeContext(this.#context);
  }
}
