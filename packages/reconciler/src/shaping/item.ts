import type { ShapingState } from '@poplin/backend';
import type { Items } from '../change.js';
import { ReconcilerError } from '../error.js';
import type { Item } from '../item.js';
import type { FoundShaping } from './found.js';
import { planRemoval, planShaping } from './plan.js';

/**
 * The item for the limits that a pod has: just what is wanted when they are right; limits of nothing when they differ or
 * are wanted no more; `undefined` when there are none of ours.
 */
export function shapingItem(
  link: string,
  wanted: ShapingState | undefined,
  found: FoundShaping,
): Item | undefined {
  if (wanted && isRight(wanted, found)) return { kind: 'shaping', value: wanted };
  return planRemoval(found).length > 0 ? { kind: 'shaping', value: { link } } : undefined;
}

/** Limits that cannot be had are not right: who applies them tells why. */
function isRight(wanted: ShapingState, found: FoundShaping): boolean {
  try {
    return planShaping(wanted, found).length === 0;
  } catch (error) {
    if (error instanceof ReconcilerError) return false;
    throw error;
  }
}

/** The limits among the items, by name of the host's end. */
export function shapingsOf(items: Items): ReadonlyMap<string, ShapingState> {
  const shapings = new Map<string, ShapingState>();
  for (const item of items.values()) {
    if (item.kind === 'shaping') shapings.set(item.value.link, item.value);
  }
  return shapings;
}
