import type { RouteState } from '@poplin/backend';
import type { DesiredState } from '../desired.js';

/** A route that is wanted, with the owner who has it. */
export interface OwnedRoute {
  readonly route: RouteState;
  readonly owner: string;
}

/** All routes that are wanted: of several for one prefix in one table, the one that counts. */
export function ownedRoutes(desired: DesiredState): readonly OwnedRoute[] {
  return [...desired.items].flatMap(([key, { kind, value }]) => {
    const [owner] = desired.ownersOf(key);
    return kind === 'route' && value.type !== 'stray' && owner !== undefined
      ? [{ route: value, owner }]
      : [];
  });
}
