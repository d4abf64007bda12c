import type { KernelState } from '@poplin/backend';
import { type Change, changesBetween, type Items } from './change.js';
import { type Item, itemsOf, keyOf, linkNeededBy } from './item.js';

/**
 * What every owner wants, and what follows for the kernel. Where two owners want the same object, the one
 * that came first has it; the other gets it when the first lets go.
 */
export class DesiredState {
  readonly #owners = new Map<string, Items>();
  /** Who wants what, by key, in order of arrival: the first of each is the winner. */
  readonly #wanted = new Map<string, Map<string, Item>>();
  /** How many wishes hang on a link. */
  readonly #linkUses = new Map<string, number>();

  /** All items wanted, one per key. */
  get items(): Items {
    const winners = new Map<string, Item>();
    for (const [key, wanters] of this.#wanted) {
      for (const item of wanters.values()) {
        winners.set(key, item);
        break;
      }
    }
    return winners;
  }

  /** The item wanted under a key. */
  get(key: string): Item | undefined {
    return this.#wanted.get(key)?.values().next().value;
  }

  /** What an owner has: what it wants and nobody wanted before it. */
  heldBy(owner: string): Items {
    const held = [...(this.#owners.get(owner) ?? [])];
    return new Map(held.filter(([key]) => this.ownersOf(key)[0] === owner));
  }

  /** Tells whether any item wanted hangs on a link of this name. */
  usesLink(name: string): boolean {
    return this.#linkUses.has(name);
  }

  /** Owners of an object, the winner first. */
  ownersOf(key: string): readonly string[] {
    return [...(this.#wanted.get(key)?.keys() ?? [])];
  }

  /**
   * Replaces what an owner wants and tells what that changes, in time proportional to what the owner
   * wants and wanted. The empty state forgets the owner.
   */
  set(owner: string, state: KernelState): Change[] {
    const before = this.#owners.get(owner) ?? new Map<string, Item>();
    const after = new Map(itemsOf(state).map((item) => [keyOf(item), item]));
    if (after.size > 0) this.#owners.set(owner, after);
    else this.#owners.delete(owner);

    const touched = new Set([...before.keys(), ...after.keys()]);
    const from = this.#pick(touched);
    for (const key of touched) this.#want(key, owner, after.get(key));
    return changesBetween(from, this.#pick(touched));
  }

  #want(key: string, owner: string, item: Item | undefined): void {
    const wanters = this.#wanted.get(key) ?? new Map<string, Item>();
    this.#countLink(wanters.get(owner), -1);
    this.#countLink(item, 1);
    if (item) wanters.set(owner, item);
    else wanters.delete(owner);
    if (wanters.size > 0) this.#wanted.set(key, wanters);
    else this.#wanted.delete(key);
  }

  #countLink(item: Item | undefined, by: 1 | -1): void {
    const link = item && linkNeededBy(item);
    if (link === undefined) return;
    const uses = (this.#linkUses.get(link) ?? 0) + by;
    if (uses > 0) this.#linkUses.set(link, uses);
    else this.#linkUses.delete(link);
  }

  #pick(keys: ReadonlySet<string>): Items {
    const picked = new Map<string, Item>();
    for (const key of keys) {
      const item = this.get(key);
      if (item) picked.set(key, item);
    }
    return picked;
  }
}
