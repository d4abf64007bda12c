import type { Change } from '../change.js';
import type { Item } from '../item.js';
import { isPacketItem } from './wanted.js';

/** Tells whether an item is made by a request of rtnetlink or a sysctl, whatever else it needs. */
export function isNetlinkItem(item: Item): boolean {
  return item.kind === 'loopbackRoute' || !isPacketItem(item);
}

/** Tells whether a change ends a loopback route. Such changes come before the table's, with which the guard may go. */
export function endsLoopbackRoute({ verb, item }: Change): boolean {
  return verb === 'delete' && item.kind === 'loopbackRoute';
}

/** Changes by when they are made: before what the table is told, behind that and only if it takes it, at any time. */
export interface ChangesByGuard {
  readonly ends: readonly Change[];
  readonly begins: readonly Change[];
  readonly others: readonly Change[];
}

/** Parts changes of loopback routes from others. */
export function partByGuard(changes: readonly Change[]): ChangesByGuard {
  const routes = changes.filter(({ item }) => item.kind === 'loopbackRoute');
  return {
    ends: routes.filter(endsLoopbackRoute),
    begins: routes.filter((change) => !endsLoopbackRoute(change)),
    others: changes.filter(({ item }) => item.kind !== 'loopbackRoute'),
  };
}

/** The changes that may be made although the table was refused: no loopback route, which without the guard would let pods in. */
export function guarded(changes: readonly Change[], refusal: Error | undefined): readonly Change[] {
  return refusal ? changes.filter(({ item }) => item.kind !== 'loopbackRoute') : changes;
}

/** The error of a work that failed, to be thrown when the rest is done. */
export async function refusalOf(work: Promise<unknown>): Promise<Error | undefined> {
  return work.then(
    () => undefined,
    (error: Error) => error,
  );
}
