import type { Underlay } from '@poplin/backend';
import type { Family } from '@poplin/net';

/** What follows from looking at an underlay again. */
export interface Succession {
  readonly underlay: Underlay;
  /** Families whose address is gone and is held on to. */
  readonly missing: readonly Family[];
}

/**
 * What is to be in force after an underlay was read again. A family without an address keeps its last one: leases are renewed, and IPv6
 * loses its addresses whenever the interface goes down. On another interface nothing is kept: the old one's addresses do not lead there.
 *
 * @param believed - families that have been without an address for so long that it is true.
 */
export function succeed(
  before: Underlay,
  found: Underlay,
  believed: ReadonlySet<Family>,
): Succession {
  if (before.link !== found.link) return { underlay: found, missing: [] };
  const kept = before.addresses.filter(
    ({ family }) =>
      !believed.has(family) && !found.addresses.some((address) => address.family === family),
  );
  const addresses = [...found.addresses, ...kept].sort((a, b) => (a.family < b.family ? -1 : 1));
  const underlay = { ...found, addresses };
  return {
    underlay: isSameUnderlay(before, underlay) ? before : underlay,
    missing: kept.map(({ family }) => family),
  };
}

/** Tells whether plans made from the two are the same. */
export function isSameUnderlay(a: Underlay, b: Underlay): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ link, mtu, mac, addresses }: Underlay): string {
  return [link, mtu, mac, ...addresses.flatMap(({ ip, onLink }) => [ip, onLink])].join(' ');
}
