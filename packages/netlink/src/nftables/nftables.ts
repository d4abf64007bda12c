import { closedError } from '../error.js';
import type { Netns } from '../namespace/netns.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { type BlockingThread, blockingThread } from '../thread/thread.js';
import { decodeNftReply } from './decode.js';
import { encodeNftCommands } from './encode.js';
import { type NftLibrary, nftLibrary } from './library.js';
import { nftRefusal } from './refusal.js';
import type { NftCommand, NftObject, NftTableName } from './types.js';

/** NFT_CTX_OUTPUT_HANDLE and NFT_CTX_OUTPUT_JSON: handles are what a rule is deleted by. */
const OUTPUT_FLAGS = (1 << 3) | (1 << 4);

/** A handle on the nftables of one namespace. Its calls are carried out in their order. */
export interface Nftables extends Disposable {
  /**
   * Carries out commands as one transaction: all, or none. Same as `nft -j -f -`. The kernel may wait for
   * a grace period when rules or sets go, some 10 ms; the event loop does not.
   *
   * @throws {NetlinkError} NFTABLES with libnftables' words, and the kernel's `errno` where it was the kernel; CLOSED.
   */
  run(commands: readonly NftCommand[]): Promise<void>;
  /**
   * The table and all that is in it, `undefined` when it does not exist. Same as `nft -j -a list table FAMILY NAME`.
   *
   * @throws {NetlinkError} NFTABLES with libnftables' words, DECODE when it answers something else than objects, CLOSED.
   */
  list(table: NftTableName): Promise<readonly NftObject[] | undefined>;
}

/**
 * Opens a handle on the nftables of a namespace, by default the one that the thread is in. It stays with that
 * namespace, and `netns` may be disposed right after. After its own disposal calls are refused; those made before are
 * carried out.
 *
 * @throws {NetlinkError} NFTABLES when libnftables is not installed; the kernel's code when the namespace cannot be entered.
 */
export function openNftables(options: { readonly netns?: Netns } = {}): Nftables {
  const library = nftLibrary();
  const open = (): Context => new Context(library, blockingThread());
  const context = options.netns ? runInNetns(options.netns, open) : open();
  return {
    async run(commands) {
      const encoded = encodeNftCommands(commands);
      using _held = context.hold('run nftables transaction');
      if (encoded.length > 0) await context.run('run nftables transaction', encoded);
    },
    list: (table) => list(context, table),
    [Symbol.dispose]: () => context[Symbol.dispose](),
  };
}

/** When it fails one has to ask whether the table is there: libnftables says so in words only, and those change with the language. */
async function list(
  context: Context,
  { family, name }: NftTableName,
): Promise<NftObject[] | undefined> {
  using _held = context.hold(`list nftables table ${family} ${name}`);
  try {
    return await context.run(`list nftables table ${family} ${name}`, [
      { list: { table: { family, name } } },
    ]);
  } catch (error) {
    const tables = await context.run(`list nftables tables of ${family}`, [
      { list: { tables: { family } } },
    ]);
    const exists = tables.some((object) => tableNameOf(object) === name);
    if (exists) throw error;
    return undefined;
  }
}

function tableNameOf(object: NftObject): string | undefined {
  return 'table' in object ? (object as { table: NftTableName }).table.name : undefined;
}

/** A libnftables context: its socket stays in the namespace that it was made in. Freed when nobody holds it any more. */
class Context implements Disposable {
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

  /** To be called while held. */
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
