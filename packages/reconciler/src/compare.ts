import { readActual } from './actual.js';
import { changesBetween, type Items } from './change.js';
import { keyOf } from './item.js';
import type { KernelWriter } from './kernel-writer.js';
import { isNetlinkItem } from './nftables/guarded.js';

/**
 * Compares what is wanted with the kernel. Changes nothing.
 *
 * @returns what is missing or differs, in words; empty when all is well.
 * @throws {NetlinkError} when the kernel cannot be read.
 */
export async function compareWith(kernel: KernelWriter, held: Items): Promise<readonly string[]> {
  const { items } = await readActual(kernel, held);
  const here = new Map([...items].filter(([key]) => held.has(key)));
  const wanted = new Map([...held].filter(([, item]) => isNetlinkItem(item)));
  const differing = changesBetween(here, wanted).map(
    ({ verb, item }) => `${keyOf(item)} ${verb === 'create' ? 'is missing' : 'was changed'}`,
  );
  return [...differing, ...(await kernel.packets.compare([...held.values()]))];
}
