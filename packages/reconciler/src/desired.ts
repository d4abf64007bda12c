import type { KernelState } from '@poplin/backend';
import type { Ip } from '@poplin/net';
import { type Change, changesBetween, type Items } from './change.js';
import { type Item, isCarriedBy, itemsOf, keyOf, linksNeededBy } from './item.js';

/**
 * What every owner wants, and what follows for the kernel. Where two owners want the same object, the one
 * that came first has it; the other gets it when the first lets go.
 */
export class DesiredState {
  readonly #owners = new Map<string, Items>();
  /** Who wants what, by key, in order of arrival: the first of each is the winner. */
  readonly #wanted = new Map<string, Map<string, Item>>();
  /** Keys of what needs a link, by its name. */
  readonly #onLink = new Index();
  /** Keys of the routes with a source address, by that. */
  readonly #bySource = new Index();

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
    return this.#onLink.has(name);
  }

  /** Tells whether any route wanted has this source address: the kernel drops such routes with the address. */
  usesSource(ip: Ip): boolean {
    return this.#bySource.has(ip);
  }

  /** The items wanted that a link takes with it when it goes. */
  carriedBy(name: string): readonly Item[] {
    return this.#onLink.keysOf(name).flatMap((key) => {
      const item = this.get(key);
      return item && isCarriedBy(item, name) ? [item] : [];
    });
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
    return this.#replace([this.#replacement(owner, state)]);
  }

  /** The same for several owners at once: what one gives up and another takes is no change but of its owner. */
  setAll(states: ReadonlyMap<string, KernelState>): Change[] {
    return this.#replace([...states].map(([owner, state]) => this.#replacement(owner, state)));
  }

  #replacement(owner: string, state: KernelState): Replacement {
    const after = new Map<string, Item>();
    for (const item of itemsOf(state)) after.set(keyOf(item), item);
    return { owner, before: this.#owners.get(owner) ?? nothing, after };
  }

  #replace(replaced: readonly Replacement[]): Change[] {
    const touched = new Set<string>();
    for (const { before, after } of replaced) {
      for (const key of before.keys()) touched.add(key);
      for (const key of after.keys()) touched.add(key);
    }
    const from = this.#pick(touched);
    for (const { owner, before, after } of replaced) {
      for (const key of before.keys()) if (!after.has(key)) this.#want(key, owner, undefined);
      for (const [key, item] of after) this.#want(key, owner, item);
      if (after.size > 0) this.#owners.set(owner, after);
      else this.#owners.delete(owner);
    }
    const to = this.#pick(touched);
    this.#index(from, to);
    return changesBetween(from, to);
  }

  #want(key: string, owner: string, item: Item | undefined): void {
    const wanters = this.#wanted.get(key) ?? new Map<string, Item>();
    if (item) wanters.set(owner, item);
    else wanters.delete(owner);
    if (wanters.size > 0) this.#wanted.set(key, wanters);
    else this.#wanted.delete(key);
  }

  /** Follows a change of the winners. */
  #index(from: Items, to: Items): void {
    for (const [key, item] of from) {
      for (const name of linksNeededBy(item)) this.#onLink.delete(name, key);
      this.#bySource.delete(sourceOf(item), key);
    }
    for (const [key, item] of to) {
      for (const name of linksNeededBy(item)) this.#onLink.add(name, key);
      this.#bySource.add(sourceOf(item), key);
    }
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

function sourceOf(item: Item): Ip | undefined {
  return item.kind === 'route' && item.value.type === 'unicast' ? item.value.source : undefined;
}

const nothing: Items = new Map();

/** What an owner wanted, and what it wants from now on. */
interface Replacement {
  readonly owner: string;
  readonly before: Items;
  readonly after: Items;
}

/** Sets of keys by a name. */
class Index {
  readonly #keys = new Map<string, Set<string>>();

  has(name: string): boolean {
    return this.#keys.has(name);
  }

  keysOf(name: string): readonly string[] {
    return [...(this.#keys.get(name) ?? [])];
  }

  add(name: string | undefined, key: string): void {
    if (name === undefined) return;
    const keys = this.#keys.get(name);
    if (keys) keys.add(key);
    else this.#keys.set(name, new Set([key]));
  }

  delete(name: string | undefined, key: string): void {
    const keys = name === undefined ? undefined : this.#keys.get(name);
    if (name === undefined || !keys?.delete(key)) return;
    if (keys.size === 0) this.#keys.delete(name);
  }
}
