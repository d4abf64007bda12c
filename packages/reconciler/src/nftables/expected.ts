import type { Change } from '../change.js';
import { type ChainGroup, chainGroupsFor } from './chains.js';
import { type Element, type Elements, elementsOverlap } from './element.js';
import type { ElementDelta } from './element-change.js';
import { WantedElements } from './wanted.js';

/**
 * The elements that are to be in the table: those that are wanted and, until pruning, those of an earlier run, whose owners may not
 * have spoken yet. And what has changed of them since the last commit.
 */
export class ExpectedElements {
  readonly #wanted = new WantedElements();
  /** Elements of an earlier run that nobody has asked for. */
  readonly #earlier = new Map<string, Element>();
  /** What the kernel has in the places that changed since the last commit. */
  readonly #before = new Map<string, Element | undefined>();

  /** Takes changes of items over. */
  want(changes: readonly Change[]): void {
    for (const [slot, before] of this.#wanted.change(changes)) {
      if (!this.#before.has(slot)) this.#before.set(slot, before ?? this.#earlier.get(slot));
      this.#earlier.delete(slot);
    }
  }

  /** Tells whether the table is not needed. */
  get isEmpty(): boolean {
    return this.#wanted.isEmpty && this.#earlier.size === 0;
  }

  /** How many they are. */
  get size(): number {
    return this.#wanted.elements.size + this.#earlier.size;
  }

  /** All of them, by place. */
  get all(): Elements {
    return new Map([...this.#earlier, ...this.#wanted.elements]);
  }

  /** The chains that serve one of them. */
  get chains(): readonly ChainGroup[] {
    return chainGroupsFor(this.#earlier.values(), this.#wanted.elements.values());
  }

  /** The one in a place. */
  at(slot: string): Element | undefined {
    return this.#wanted.elements.get(slot) ?? this.#earlier.get(slot);
  }

  /** What has changed since the last commit. */
  delta(): ElementDelta {
    const gone: Element[] = [];
    const come: Element[] = [];
    for (const [slot, before] of this.#before) {
      const after = this.at(slot);
      if (before?.value === after?.value && !before === !after) continue;
      if (before) gone.push(before);
      if (after) come.push(after);
    }
    return { gone, come };
  }

  /** The kernel has them all now. */
  committed(): void {
    this.#before.clear();
  }

  /** Takes over what an earlier run has left, as far as it does not stand in the way of what is wanted. */
  keepEarlier(found: Elements = new Map()): void {
    const wanted = [...this.#wanted.elements.values()];
    for (const [slot, element] of found) {
      const inTheWay =
        this.#wanted.elements.has(slot) || wanted.some((other) => elementsOverlap(other, element));
      if (inTheWay) this.#earlier.delete(slot);
      else this.#earlier.set(slot, element);
    }
  }

  /** Nobody will ask any more for what an earlier run has left. */
  dropEarlier(): void {
    this.#earlier.clear();
  }
}
