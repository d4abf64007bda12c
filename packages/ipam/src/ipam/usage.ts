import type { Family } from '@poplin/net';
import type { IpamError } from './error.js';
import { claimFailed, noPool, poolExhausted } from './exhausted.js';
import type { Growth } from './growth.js';
import type { Holdings } from './holdings.js';
import type { Usage } from './ipam.js';

/** What {@link usageOf} looks at. */
export interface UsageComponents {
  /** Families that have a pool. */
  readonly families: readonly Family[];
  readonly holdings: Holdings;
  readonly growth: Growth;
}

/**
 * What is left, by what the node's own blocks have and how the last claims ended. A family without a free address is
 * tried again in the background.
 */
export function usageOf(parts: UsageComponents): Usage {
  const { holdings, growth } = parts;
  const families = parts.families.map((family) => {
    const free = holdings.free(family);
    if (free === 0) growth.growAhead(family);
    return { family, free, canGrow: growth.shortfall(family) === undefined };
  });
  const exhausted = exhaustionOf(parts);
  return exhausted ? { families, exhausted } : { families };
}

/** The first reason why no pod can have addresses. */
function exhaustionOf({ families, holdings, growth }: UsageComponents): IpamError | undefined {
  if (families.length === 0) return noPool();
  for (const family of families) {
    const shortfall = growth.shortfall(family);
    if (!shortfall || holdings.free(family) > 0) continue;
    const shortage = holdings.shortage(family);
    return shortfall.kind === 'exhausted'
      ? poolExhausted(shortage)
      : claimFailed(shortage, shortfall.cause);
  }
  return undefined;
}
