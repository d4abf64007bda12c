import { closedError, NetlinkError } from '../error.js';
import type { Netns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { decodeNftReply } from './decode.js';
import { encodeNftCommands } from './encode.js';
import { type NftLibrary, nftLibrary } from './library.js';
import type { NftCommand, NftObject, NftTableName } from './types.js';

/** NFT_CTX_OUTPUT_HANDLE and NFT_CTX_OUTPUT_JSON: handles are what a rule is deleted by. */
const OUTPUT_FLAGS = (1 << 3) | (1 << 4);

/** A handle on the nftables of one namespace. */
export interface Nftables extends Disposable {
  /**
   * Carries out commands as one transaction: all, or none. Same as `nft -j -f -`. Synchronous; the kernel may wait for
   * a grace period when rules or sets go, some 10 ms.
   *
   * @throws {NetlinkError} NFTABLES with libnftables' words, CLOSED.
   */
  run(commands: readonly NftCommand[]): void;
  /**
   * The table and all that is in it, `undefined` when it does not exist. Same as `nft -j -a list table FAMILY NAME`.
   *
   * @throws {NetlinkError} NFTABLES with libnftables' words, DECODE when it answers something else than objects, CLOSED.
   */
  list(table: NftTableName): readonly NftObject[] | undefined;
}

/**
 * Opens a handle on the nftables of a namespace, by default the one that the thread is in. It stays with that
 * namespace, and `netns` may be disposed right after.
 *
 * @throws {NetlinkError} NFTABLES when libnftables is not installed; the kernel's code when the namespace cannot be entered.
 */
export function openNftables(options: { readonly netns?: Netns } = {}): Nftables {
  const library = nftLibrary();
  const open = (): Context => new Context(library);
  const context = options.netns ? runInNetns(options.netns, open) : open();
  return {
    run(commands) {
      const encoded = encodeNftCommands(commands);
      if (encoded.length > 0) context.run('run nftables transaction', encoded);
    },
    list: (table) => list(context, table),
    [Symbol.dispose]: () => context[Symbol.dispose](),
  };
}

/** First whether it is there: a failed listing says so only in words, in the language of the process. */
function list(context: Context, { family, name }: NftTableName): NftObject[] | undefined {
  const tables = context.run(`list nftables tables of ${family}`, [
    { list: { tables: { family } } },
  ]);
  const exists = tables.some(
    (object) => 'table' in object && (object as { table: NftTableName }).table.name === name,
  );
  if (!exists) return undefined;
  return context.run(`list nftables table ${family} ${name}`, [
    { list: { table: { family, name } } },
  ]);
}

/** A libnftables context: its socket stays in the namespace that it was made in. */
class Context implements Disposable {
  readonly #library: NftLibrary;
  #context: unknown;

  constructor(library: NftLibrary) {
    this.#library = library;
    this.#context = library.newContext(0);
    library.setOutputFlags(this.#context, OUTPUT_FLAGS);
    library.bufferOutput(this.#context);
    library.bufferError(this.#context);
  }

  run(operation: string, commands: readonly object[]): NftObject[] {
    if (!this.#context) throw closedError(operation, 'nftables handle');
    const failed = this.#library.run(this.#context, JSON.stringify({ nftables: commands })) !== 0;
    const words = this.#library.error(this.#context).trim();
    // Taken in any case: libnftables clears the buffer when it is read.
    const output = this.#library.output(this.#context);
    if (failed) {
      throw new NetlinkError('NFTABLES', operation, words || 'libnftables gave no reason', {
        kernelText: words,
      });
    }
    return decodeNftReply(operation, output);
  }

  [Symbol.dispose](): void {
    if (this.#context) this.#library.freeContext(this.#context);
    this.#context = undefined;
  }
}
