import type { Nftables, NftCommand, NftElementChange } from '@poplin/netlink';
import type { Change } from '../change.js';
import { poplinTable } from '../ownership.js';
import { ChainRest, type ChainRestOptions } from './chain-rest.js';
import { type ChainGroup, chainGroupsFor } from './chains.js';
import { type Element, type Elements, elementObjects, elementsApart, slotOf } from './element.js';
import { changeOf, type ElementDelta } from './element-change.js';
import { ExpectedElements } from './expected.js';
import { elementsIn, skeletonOf } from './listing.js';
import { tableCommands } from './table.js';

/** What was done to the table. */
export interface TableChange {
  readonly verb: 'replace' | 'change' | 'trim' | 'delete';
  /** Elements that came, went, or have another value now. */
  readonly elements: readonly Element[];
}

/** What came of an errand: nothing of it was done where it was refused, or not sent. */
export type ErrandOutcome = 'taken' | 'refused' | 'unsent';

/** A change of elements alone, for somebody who sends it to the kernel along with other requests. */
export interface TableErrand {
  readonly change: NftElementChange;
  /** To be told what came of it, before the next commit. */
  readonly settle: (outcome: ErrandOutcome) => void;
}

/**
 * Keeps the table `inet poplin` equal to what is wanted.
 *
 * | state | event | what is done |
 * |---|---|---|
 * | unknown, absent | commit | the table is made as a whole, in one transaction |
 * | present | commit | elements are deleted and added, in one transaction |
 * | present | an errand is handed out | as unknown, until it is told what came of it |
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
  readonly #rest: ChainRest;
  readonly #expected = new ExpectedElements();
  #state: 'unknown' | 'absent' | 'present' = 'unknown';
  /** Chains, rules and sets as the kernel lists them: otherwise than they were given, and the same until the table is made again. */
  #skeleton = '';
  /** The chains that the table was made with. */
  #chains: readonly ChainGroup[] = [];
  /** What an errand has done, and no commit has told yet. */
  #taken: ElementDelta = nothing;
  /** Elements as they were listed right after the table was made, by a libnftables that spells them unlike all others. */
  #misspelt: Elements | undefined;

  constructor(nftables: Nftables, options: ChainRestOptions = {}) {
    this.#nftables = nftables;
    this.#rest = new ChainRest(options);
  }

  /** The element that is to be in a place. */
  elementAt(place: Element): Element | undefined {
    return this.#expected.at(slotOf(place));
  }

  /** Takes changes of items over. The kernel learns of them at the next commit or look. */
  want(changes: readonly Change[]): void {
    this.#expected.want(changes);
  }

  /**
   * What the next commit comes to, where that is elements alone and nothing for libnftables. Whoever asks for it sends it, settles it, and
   * commits then: after one that was refused, that makes the table anew.
   */
  errand(): TableErrand | undefined {
    const delta = this.#servedDelta();
    const change = delta && changeOf(delta);
    if (!change) return undefined;
    this.#state = 'unknown';
    const settle: TableErrand['settle'] = (outcome) => {
      if (outcome === 'refused') return;
      this.#state = 'present';
      if (outcome === 'unsent') return;
      this.#taken = delta;
      this.#expected.committed();
    };
    return { change, settle };
  }

  /**
   * Tells the kernel what was taken over since the last commit, without looking at the table first.
   *
   * @param prune - should the table have to be made anew, elements that nobody wants go.
   * @throws {NetlinkError} NFTABLES when the kernel refuses.
   */
  async commit(prune: boolean): Promise<TableChange | undefined> {
    const taken = this.#taken;
    this.#taken = nothing;
    const done = await this.#changeElements();
    if (done) {
      return this.#changed([...taken.gone, ...done.gone], [...taken.come, ...done.come]);
    }
    if (this.#state === 'absent' && this.#expected.isEmpty) return this.#settled(undefined);
    return this.#make((await this.#read())?.elements, prune);
  }

  /**
   * Lists the table and makes it right if it is not.
   *
   * @param prune - elements that nobody wants go, also those of an earlier run.
   * @throws {NetlinkError} NFTABLES when the kernel refuses.
   */
  async look(prune: boolean): Promise<TableChange | undefined> {
    const { isEmpty } = this.#expected;
    // The table of an earlier run stays until somebody has said what is wanted.
    if (isEmpty && this.#state === 'unknown' && !prune) return undefined;
    const found = await this.#read();
    if (prune) this.#expected.dropEarlier();
    const right = found
      ? !this.#expected.isEmpty &&
        this.#skeleton === found.skeleton &&
        this.#isAsLeft(found.elements)
      : this.#expected.isEmpty;
    if (!right) return this.#make(found?.elements, prune);
    this.#state = found ? 'present' : 'absent';
    if (this.#rest.isOver) {
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

  /** Tells whether there are chains that serve no element any more. */
  get #hasIdleChains(): boolean {
    return this.#state === 'present' && this.#expected.chains.length < this.#chains.length;
  }

  #isAsLeft(found: Elements): boolean {
    if (this.#misspelt) return elementsApart(found, this.#misspelt).length === 0;
    if (found.size !== this.#expected.size) return false;
    return [...found].every(([slot, { value }]) => {
      const expected = this.#expected.at(slot);
      return expected !== undefined && expected.value === value;
    });
  }

  /** What has changed since the last commit, where the table needs no other chains for that. */
  #servedDelta(): ElementDelta | undefined {
    if (this.#state !== 'present' || this.#expected.isEmpty) return undefined;
    const delta = this.#expected.delta();
    const isServed = chainGroupsFor(delta.come).every((group) => this.#chains.includes(group));
    return isServed ? delta : undefined;
  }

  /** Deletes and adds elements, all or none. @returns what was done; `undefined` where that is not enough. */
  async #changeElements(): Promise<ElementDelta | undefined> {
    const delta = this.#servedDelta();
    if (!delta || delta.gone.length + delta.come.length === 0) return delta;
    const change = changeOf(delta);
    try {
      if (change) await this.#nftables.changeElements(change);
      else await this.#nftables.run(elementCommands(delta));
      return delta;
    } catch {
      // Somebody else has changed the table. What is wrong with our own wishes shows when it is made anew.
      this.#state = 'unknown';
      return undefined;
    }
  }

  /** Makes or deletes the whole table, in one transaction. */
  async #make(found: Elements | undefined, prune: boolean): Promise<TableChange | undefined> {
    if (!prune && this.#state === 'unknown') this.#expected.keepEarlier(found);
    this.#state = 'unknown';
    if (this.#expected.isEmpty) {
      if (found) await this.#nftables.run(deleteTable);
      this.#state = 'absent';
      return this.#settled(found && { verb: 'delete', elements: [...found.values()] });
    }
    const elements = this.#expected.all;
    this.#chains = this.#expected.chains;
    await this.#nftables.run(tableCommands(elements, this.#chains));
    const made = await this.#read();
    this.#state = 'present';
    this.#skeleton = made?.skeleton ?? '';
    this.#misspelt = undefined;
    // Otherwise the next look would make it anew, and the one after that, for ever.
    if (made && !this.#isAsLeft(made.elements)) this.#misspelt = made.elements;
    return this.#settled({ verb: 'replace', elements: elementsApart(found, elements) });
  }

  async #read(): Promise<{ readonly skeleton: string; readonly elements: Elements } | undefined> {
    const objects = await this.#nftables.list(poplinTable);
    return objects && { skeleton: skeletonOf(objects), elements: elementsIn(objects) };
  }

  #changed(gone: readonly Element[], come: readonly Element[]): TableChange | undefined {
    const elements = [...gone, ...come];
    if (elements.length === 0) return this.#settled(undefined, false);
    this.#misspelt = undefined;
    return this.#settled({ verb: 'change', elements }, gone.length > 0);
  }

  /** @param less - elements may have gone. Whether chains are idle is asked of all that there are. */
  #settled(change: TableChange | undefined, less = true): TableChange | undefined {
    this.#expected.committed();
    if (less || this.#rest.hasBegun) this.#rest.see(this.#hasIdleChains);
    return change;
  }
}

const nothing: ElementDelta = { gone: [], come: [] };

/** Adding first makes the deletion of a table that is not there no error. */
const deleteTable: readonly NftCommand[] = [
  { add: { table: poplinTable } },
  { delete: { table: poplinTable } },
];

function elementCommands({ gone, come }: ElementDelta): NftCommand[] {
  return [
    ...elementObjects(gone).map((object): NftCommand => ({ delete: object })),
    ...elementObjects(come).map((object): NftCommand => ({ add: object })),
  ];
}
