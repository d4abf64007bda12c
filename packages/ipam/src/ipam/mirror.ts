import type { Cidr, Log } from '@poplin/net';
import { addressesKey, formatAddressMirror, type MirroredAddress } from '../records/addresses.js';
import type { Registry } from '../registry/registry.js';

/** Writes what is in use to the registry, for observers; late and never in anybody's way. */
export interface Mirror extends AsyncDisposable {
  /** Says that the addresses of a block changed. */
  touch(block: Cidr): void;
  /** Says that a block is no longer this node's to tell of. */
  forget(block: Cidr): void;
}

/** What a mirror shows, and where. */
export interface MirrorOptions {
  readonly registry: Registry;
  readonly nodeName: string;
  readonly log: Log;
  /** The addresses of a block that are in use now. */
  read(block: Cidr): readonly MirroredAddress[];
  /** The least time between two writes of a block, in milliseconds. */
  readonly periodMs?: number;
}

/** The longest pause after failures. */
const maxPeriodMs = 30_000;

/** A mirror that writes each block at most once per period, and longer pauses apart while that fails. */
export function startMirror(options: MirrorOptions): Mirror {
  const { registry, nodeName, log, periodMs = 1_000 } = options;
  const dirty = new Set<Cidr>();
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let closed = false;
  let writing: Promise<void> | undefined;

  const write = async (block: Cidr): Promise<void> => {
    const value = formatAddressMirror({ block, node: nodeName, addresses: options.read(block) });
    await registry.commit({ when: [], do: [{ put: addressesKey(block), value }] });
  };
  const flush = async (): Promise<void> => {
    const blocks = [...dirty];
    dirty.clear();
    const results = await Promise.allSettled(blocks.map(write));
    let reason: unknown;
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') return;
      reason = result.reason;
      const block = blocks[index];
      if (block) dirty.add(block);
    });
    if (reason === undefined) {
      if (failures > 0) log.info({}, 'the mirror of addresses in the registry is up to date again');
      failures = 0;
    } else if (failures++ === 0 && !closed) {
      log.warn({ err: reason }, 'the mirror of addresses in the registry is out of date');
    }
  };
  const schedule = (): void => {
    if (timer || writing || closed || dirty.size === 0) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        writing = flush().finally(() => {
          writing = undefined;
          schedule();
        });
      },
      Math.min(maxPeriodMs, periodMs * 2 ** failures),
    );
    timer.unref();
  };
  return {
    touch(block) {
      dirty.add(block);
      schedule();
    },
    forget(block) {
      dirty.delete(block);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      await writing;
      if (dirty.size > 0 && registry.status().connected) await flush();
    },
  };
}
