import {
  type NftElement,
  type NftElementChange,
  type NftElementSet,
  takesElementChange,
} from '@poplin/netlink';
import { poplinTable } from '../ownership.js';
import type { Element } from './element.js';
import { tableSets } from './table.js';

/** Elements that go, and such that come. */
export interface ElementDelta {
  readonly gone: readonly Element[];
  readonly come: readonly Element[];
}

/** Most elements that go into one datagram: 32 KiB, and what one pod changes is a handful. */
const mostElements = 256;

const declared: ReadonlyMap<string, NftElementSet> = new Map(
  tableSets.map((set) => [set.name, set]),
);

/**
 * The change as the kernel takes it without libnftables. `undefined` where it has to be left to that: with elements of a set of plain
 * intervals, such as those of masquerading, which change with the cluster and not with a pod; and with very many.
 */
export function changeOf({ gone, come }: ElementDelta): NftElementChange | undefined {
  const count = gone.length + come.length;
  if (count === 0 || count > mostElements) return undefined;
  const [going, coming] = [gone.flatMap(declaredElement), come.flatMap(declaredElement)];
  if (going.length + coming.length < count) return undefined;
  return { table: poplinTable, gone: going, come: coming };
}

function declaredElement({ set: name, ...element }: Element): NftElement[] {
  const set = declared.get(name);
  return set && takesElementChange(set) ? [{ set, ...element }] : [];
}
