import { familyOf } from '@poplin/net';
import type { Change, Items } from '../change.js';
import { type Item, keyOf } from '../item.js';
import { type Element, type Elements, slotOf } from './element.js';
import { isolationElements } from './isolation.js';
import { loopbackElement } from './loopback-guard.js';
import { masqueradeElements, plainSourceElements } from './masquerade.js';
import { portMappingElements } from './port-mappings.js';
import { tunnelElement } from './tunnels.js';

/** Items that are elements of the table `inet poplin`. */
export type TableItem = Extract<
  Item,
  {
    kind: 'tunnel' | 'masquerade' | 'plainSource' | 'portMapping' | 'isolation' | 'loopbackRoute';
  }
>;

/** Tells whether an item has to do with the table. */
export function isTableItem(item: Item): item is TableItem {
  return groupOf(item) !== undefined;
}

/** Tells whether an item has to do with packet filters: with the table, or with those of others. */
export function isPacketItem(item: Item): boolean {
  return isTableItem(item) || item.kind === 'forward';
}

/** Items that are turned into elements together: prefixes that lie inside others of the group are left out. */
function groupOf(item: Item): string | undefined {
  switch (item.kind) {
    case 'tunnel':
      return keyOf(item);
    case 'masquerade':
      return `masquerade ${item.value.role} ${familyOf(item.value.cidr)}`;
    case 'plainSource':
      return `plainSource ${item.value.source}`;
    case 'portMapping':
      return `portMapping ${item.value.ip}`;
    case 'isolation':
    case 'loopbackRoute':
      return `${item.kind} ${item.value.link}`;
    default:
      return undefined;
  }
}

/** The elements for the items of one group. */
function groupElements(items: readonly Item[]): Element[] {
  return [
    ...items.flatMap((i) => (i.kind === 'tunnel' ? [tunnelElement(i.value)] : [])),
    ...masqueradeElements(items.flatMap((i) => (i.kind === 'masquerade' ? [i.value] : []))),
    ...plainSourceElements(items.flatMap((i) => (i.kind === 'plainSource' ? [i.value] : []))),
    ...portMappingElements(items.flatMap((i) => (i.kind === 'portMapping' ? [i.value] : []))),
    ...items.flatMap((i) => (i.kind === 'isolation' ? isolationElements(i.value) : [])),
    ...items.flatMap((i) => (i.kind === 'loopbackRoute' ? [loopbackElement(i.value)] : [])),
  ];
}

interface Group {
  readonly items: Map<string, Item>;
  elements: readonly Element[];
}

/**
 * The elements that all wanted items come to. A change costs what the groups of the changed items hold, however many
 * others there are.
 */
export class WantedElements {
  readonly #groups = new Map<string, Group>();
  readonly #groupOfItem = new Map<string, string>();
  readonly #elements = new Map<string, Element>();

  /** The elements, by place. */
  get elements(): Elements {
    return this.#elements;
  }

  /** Tells whether nobody wants anything of the table. */
  get isEmpty(): boolean {
    return this.#groupOfItem.size === 0;
  }

  /** Takes changes over. @returns the places that may have changed, with what they held before. */
  change(changes: readonly Change[]): ReadonlyMap<string, Element | undefined> {
    const touched = new Set<string>();
    for (const { verb, item } of changes) {
      const name = groupOf(item);
      if (name === undefined) continue;
      const key = keyOf(item);
      const before = this.#groupOfItem.get(key);
      if (before !== undefined) {
        touched.add(before);
        this.#groups.get(before)?.items.delete(key);
        this.#groupOfItem.delete(key);
      }
      if (verb === 'delete') continue;
      touched.add(name);
      this.#groupOfItem.set(key, name);
      const group = this.#groups.get(name) ?? { items: new Map<string, Item>(), elements: [] };
      group.items.set(key, item);
      this.#groups.set(name, group);
    }
    return this.#renew(touched);
  }

  /** All groups leave their places before any takes new ones: a host port may go from one pod to another. */
  #renew(names: ReadonlySet<string>): Map<string, Element | undefined> {
    const before = new Map<string, Element | undefined>();
    const groups = [...names].flatMap((name) => this.#groups.get(name) ?? []);
    for (const element of groups.flatMap(({ elements }) => elements)) {
      before.set(slotOf(element), element);
      this.#elements.delete(slotOf(element));
    }
    for (const group of groups) {
      group.elements = groupElements([...group.items.values()]);
      for (const element of group.elements) {
        const slot = slotOf(element);
        if (!before.has(slot)) before.set(slot, undefined);
        this.#elements.set(slot, element);
      }
    }
    for (const name of names) {
      if (this.#groups.get(name)?.items.size === 0) this.#groups.delete(name);
    }
    return before;
  }
}

/** The elements that items come to, all at once. */
export function elementsOf(items: Items): Elements {
  const wanted = new WantedElements();
  wanted.change([...items.values()].map((item) => ({ verb: 'create', item })));
  return wanted.elements;
}
