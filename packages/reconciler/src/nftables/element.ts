import {
  bitsOf,
  type Cidr,
  cidrLength,
  cidrsOverlap,
  familyOf,
  hostCidr,
  type Ip,
} from '@poplin/net';
import { type NftElementExpression, type NftElements, type NftMapPair, nft } from '@poplin/netlink';
import { poplinTable } from '../ownership.js';

/** One value of a key: an address, a prefix (never one of full length), a protocol, a port, the name of a link. */
export type KeyPart = string | number;

/** An element of a set, or of a map when it has a value, in the table `inet poplin`. */
export interface Element {
  /** Name of the set or map. */
  readonly set: string;
  readonly key: readonly KeyPart[];
  readonly value?: string | number;
}

/** Elements by {@link slotOf}. */
export type Elements = ReadonlyMap<string, Element>;

/** The place of an element in the table: no two elements can have the same. */
export function slotOf({ set, key }: Element): string {
  return `${set} { ${key.join(' . ')} }`;
}

/** The elements by their places. */
export function bySlot(elements: Iterable<Element>): Map<string, Element> {
  return new Map([...elements].map((element) => [slotOf(element), element]));
}

/** A prefix as a part of a key. The kernel lists one of full length as an address, so that is what it is here. */
export function prefixPart(cidr: Cidr): string {
  const isWhole = cidrLength(cidr) === bitsOf(familyOf(cidr));
  return isWhole ? cidr.slice(0, cidr.indexOf('/')) : cidr;
}

/** Tells whether a packet could match both; an interval set refuses the second of such a pair. */
export function elementsOverlap(a: Element, b: Element): boolean {
  return a.set === b.set && a.key.every((part, i) => partsOverlap(part, b.key[i]));
}

function partsOverlap(a: KeyPart, b: KeyPart | undefined): boolean {
  if (a === b) return true;
  if (!isPrefix(a) && !isPrefix(b)) return false;
  return typeof a === 'string' && typeof b === 'string' && cidrsOverlap(asCidr(a), asCidr(b));
}

function isPrefix(part: KeyPart | undefined): part is Cidr {
  return typeof part === 'string' && part.includes('/');
}

function asCidr(part: string): Cidr {
  return isPrefix(part) ? part : hostCidr(part as Ip);
}

/** The elements as objects of commands, one for each set. */
export function elementObjects(elements: Iterable<Element>): { readonly element: NftElements }[] {
  return [...elementLists(elements)].map(([name, elem]) => ({
    element: { family: poplinTable.family, table: poplinTable.name, name, elem } as NftElements,
  }));
}

/** The elements as libnftables wants them, by the name of their set. */
export function elementLists(
  elements: Iterable<Element>,
): Map<string, (NftElementExpression | NftMapPair)[]> {
  const lists = new Map<string, (NftElementExpression | NftMapPair)[]>();
  for (const element of elements) {
    const list = lists.get(element.set) ?? [];
    list.push(expression(element));
    lists.set(element.set, list);
  }
  return lists;
}

function expression({ key, value }: Element): NftElementExpression | NftMapPair {
  const parts = key.map((part) => (isPrefix(part) ? nft.prefix(part) : part));
  const [only] = parts;
  const whole = parts.length === 1 && only !== undefined ? only : nft.concat(...parts);
  return value === undefined ? whole : [whole, value];
}

/** Elements that are in one of the two only, or with another value. */
export function elementsApart(a: Elements = new Map(), b: Elements = new Map()): Element[] {
  const apart = (one: Elements, other: Elements): Element[] =>
    [...one].flatMap(([slot, element]) => {
      const there = other.get(slot);
      return there && there.value === element.value ? [] : [element];
    });
  return [...apart(a, b), ...apart(b, a)];
}
