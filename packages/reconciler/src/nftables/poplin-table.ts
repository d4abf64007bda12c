import type { Nftables, NftCommand } from '@poplin/netlink';
import type { Change } from '../change.js';
import { poplinTable } from '../ownership.js';
import { type ChainGroup, chainGroupsFor } from './chains.js';
import {
  type Element,
  type Elements,
  elementObjects,
  elementsApart,
  elementsOverlap,
  slotOf,
} from './element.js';
import { elementsIn, skeletonOf } from './listing.js';
import { tableCommands } from './table.js';
import { WantedElements } from './wanted.js';

/** What was done to the table. */
export interface TableChange {
  readonly verb: 'replace' | 'change' | 'trim' | 'delete';
  /** Elements that came, went, or have another value now. */
  readonly elements: readonly Element[];
}

/** What may be otherwise with a {@link PoplinTable}. */
export interface PoplinTableOptions {
  /**
   * How long a chain stays that serves no element any more, ms; 60,000 by default. A pod that ends often makes room for its successor, and to make
   * the table as a whole takes longer than to add an element.
   */
  readonly chainRest?: number;
  /** Time, ms. */
  readonly clock?: () => number;
}

/**
 * Keeps the table `inet poplin` equal to what is wanted.
 *
 * | state | event | what is done |
 * |---|---|---|
 * | unknown, absent | commit | the table is made as a whole, in one transaction |
 * | present | commit | elements are deleted and added, in one transaction |
 * | present | commit of the first element that a chain serves | the table is made as a whole, with that chain |
 * | present | the kernel refuses that | as unknown: somebody else's hand was in the table |
 * | any | a look finds it otherwise | as unknown |
 * | present | a look finds chains that have served no element for a minute | the table is made as a whole, without them |
 * | any | nothing is wanted | the table is deleted |
 *
 * Elements that an earlier run has left stay until pruning: their owners may not have spoken yet.
 */
export class PoplinTable {
  readonly #nftables: Nftables;
  readonly #chainRest: number;
  readonly #clock: () => number;
  readonly #wanted = new WantedElements();
  /** Elements of an earlier run that nobody has asked for. */
  #earlier = new Map<string, Element>();
  /** What the kernel has in the places that changed since the last commit. */
  readonly #before = new Map<string, Element | undefined>();
  #state: 'unknown' | 'absent' | 'present' = 'unknown';
  /** Chains, rules and sets as the kernel lists them: otherwise than they were given, and the same until the table is made again. */
  #skeleton = '';
  /** The chains that the table was made with. */
  #chains: readonly ChainGroup[] = [];
  /** When chains were first seen to serve no element any more. */
  #idleSince: number | undefined;
  /** Elements as they were listed right after the table was made, by a libnftables that spells them unlike all others. */
  #misspelt: Elements | undefined;

  constructor(
    nftables: Nftables,
    { chainRest = 60_000, clock = () => performance.now() }: PoplinTableOptions = {},
  ) {
    this.#nftables = nftables;
    this.#chainRest = chainRest;
    this.#clock = clock;
  }

  /** The element that is to be in a place. */
  elementAt(place: Element): Element | undefined {
    return this.#expected(slotOf(place));
  }

  /** Takes changes of items over. The kernel learns of them at the next commit or look. */
  want(changes: readonly Change[]): void {
    for (const [slot, before] of this.#wanted.change(changes)) {
      if (!this.#before.has(slot)) this.#before.set(slot, before ?? this.#earlier.get(slot));
      this.#earlier.delete(slot);
    }
  }

  /**
   * Tells the kernel what was taken over since the last commit, without looking at the table first.
   *
   * @param prune - should the table have to be made anew, elements that nobody wants go.
   * @throws {NetlinkError} NFTABLES when the kernel refuses.
   */
  async commit(prune: boolean): Promise<TableChange | undefined> {
    if (this.#state === 'present' && !this.#isEmpty) {
      const { gone, come } = this.#delta();
      if (gone.length + come.length === 0) return this.#settled(undefined);
      const isServed = chainGroupsFor(come).every((group) => this.#chains.includes(group));
      if (isServed && (await this.#changeElements(gone, come)))
        return this.#settled({ verb: 'change', elements: [...gone, ...come] });
    }
    if (this.#state === 'absent' && this.#isEmpty) return this.#settled(undefined);
    return this.#make((await this.#read())?.elements, prune);
  }

  /**
   * Lists the table and makes it right if it is not.
   *
   * @param prune - elements that nobody wants go, also those of an earlier run.
   * @throws {NetlinkError} NFTABLES when the kernel refuses.
   */
  async look(prune: boolean): Promise<TableChange | undefined> {
    // The table of an earlier run stays until somebody has said what is wanted.
    if (this.#isEmpty && this.#state === 'unknown' && !prune) return undefined;
    const found = await this.#read();
    if (prune) this.#earlier.clear();
    const right = found
      ? !this.#isEmpty && this.#skeleton === found.skeleton && this.#isAsLeft(found.elements)
      : this.#isEmpty;
    if (!right) return this.#make(found?.elements, prune);
    this.#state = found ? 'present' : 'absent';
    if (this.#clock() - (this.#idleSince ?? Number.POSITIVE_INFINITY) >= this.#chainRest) {
      await this.#make(found?.elements, prune);
      return { verb: 'trim', elements: [] };
    }
    return this.#settled(undefined);
  }

  /**
   * Which of these elements the kernel does not have, or has without the rules that use them. Changes nothing.
   *
   * @throws {NetlinkError} NFTABLES when the table cannot be listed.
   */
  async missing(wanted: Elements): Promise<readonly Element[]> {
    if (wanted.size === 0) return [];
    const found = await this.#read();
    // Elements without their rules do nothing.
    if (found && this.#skeleton !== '' && found.skeleton !== this.#skeleton) {
      return [...wanted.values()];
    }
    // A libnftables that spells elements in a way of its own: the look compares as a whole.
    if (found && this.#misspelt) return [];
    return [...wanted].flatMap(([slot, element]) => {
      const there = found?.elements.get(slot);
      return there && there.value === element.value ? [] : [element];
    });
  }

  get #isEmpty(): boolean {
    return this.#wanted.isEmpty && this.#earlier.size === 0;
  }

  /** Tells whether there are chains that serve no element any more. */
  get #hasIdleChains(): boolean {
    if (this.#state !== 'present') return false;
    const needed = chainGroupsFor(this.#earlier.values(), this.#wanted.elements.values());
    return needed.length < this.#chains.length;
  }

  /** All elements that are to be there. */
  get #all(): Elements {
    return new Map([...this.#earlier, ...this.#wanted.elements]);
  }

  #expected(slot: string): Element | undefined {
    return this.#wanted.elements.get(slot) ?? this.#earlier.get(slot);
  }

  #isAsLeft(found: Elements): boolean {
    const { size } = this.#wanted.elements;
    if (this.#misspelt) return elementsApart(found, this.#misspelt).length === 0;
    if (found.size !== size + this.#earlier.size) return false;
    return [...found].every(([slot, { value }]) => {
      const expected = this.#expected(slot);
      return expected !== undefined && expected.value === value;
    });
  }

  #delta(): { readonly gone: Element[]; readonly come: Element[] } {
    const gone: Element[] = [];
    const come: Element[] = [];
    for (const [slot, before] of this.#before) {
      const after = this.#expected(slot);
      if (before?.value === after?.value && !before === !after) continue;
      if (before) gone.push(before);
      if (after) come.push(after);
    }
    return { gone, come };
  }

  /** Deletes and adds elements, all or none. @returns whether the kernel took it. */
  async #changeElements(gone: readonly Element[], come: readonly Element[]): Promise<boolean> {
    try {
      await this.#nftables.run([
        ...elementObjects(gone).map((object): NftCommand => ({ delete: object })),
        ...elementObjects(come).map((object): NftCommand => ({ add: object })),
      ]);
      this.#misspelt = undefined;
      return true;
    } catch {
      // Somebody else has changed the table. What is wrong with our own wishes shows when it is made anew.
      this.#state = 'unknown';
      return false;
    }
  }

  /** Makes or deletes the whole table, in one transaction. */
  async #make(found: Elements | undefined, prune: boolean): Promise<TableChange | undefined> {
    if (!prune && this.#state === 'unknown') this.#keepEarlier(found);
    this.#state = 'unknown';
    const elements = this.#all;
    if (this.#isEmpty) {
      if (found) await this.#nftables.run(deleteTable);
      this.#state = 'absent';
      return this.#settled(found && { verb: 'delete', elements: [...found.values()] });
    }
    this.#chains = chainGroupsFor(elements.values());
    await this.#nftables.run(tableCommands(elements, this.#chains));
    const made = await this.#read();
    this.#state = 'present';
    this.#skeleton = made?.skeleton ?? '';
    this.#misspelt = undefined;
    // Otherwise the next look would make it anew, and the one after that, for ever.
    if (made && !this.#isAsLeft(made.elements)) this.#misspelt = made.elements;
    return this.#settled({ verb: 'replace', elements: elementsApart(found, elements) });
  }

  /** Takes over what an earlier run has left, as far as it does not stand in the way of what is wanted. */
  #keepEarlier(found: Elements = new Map()): void {
    const wanted = [...this.#wanted.elements.values()];
    for (const [slot, element] of found) {
      const inTheWay =
        this.#wanted.elements.has(slot) || wanted.some((other) => elementsOverlap(other, element));
      if (inTheWay) this.#earlier.delete(slot);
      else this.#earlier.set(slot, element);
    }
  }

  async #read(): Promise<{ readonly skeleton: string; readonly elements: Elements } | undefined> {
    const objects = await this.#nftables.list(poplinTable);
    return objects && { skeleton: skeletonOf(objects), elements: elementsIn(objects) };
  }

  #settled(change: TableChange | undefined): TableChange | undefined {
    this.#before.clear();
    this.#idleSince = this.#hasIdleChains ? (this.#idleSince ?? this.#clock()) : undefined;
    return change;
  }
}

/** Adding first makes the deletion of a table that is not there no error. */
const deleteTable: readonly NftCommand[] = [
  { add: { table: poplinTable } },
  { delete: { table: poplinTable } },
];
