import type { Ip } from '@poplin/net';
import type { Assignment, Holder } from './ipam.js';

/** Who has which addresses. */
export interface Book {
  /** What a holder has; empty for an unknown one. */
  of(holder: Holder): readonly Assignment[];
  all(): readonly Assignment[];
  /** False when somebody else has the address already; it is written down all the same. */
  add(assignment: Assignment): boolean;
  /** Strikes a holder out, and tells what it had. */
  remove(holder: Holder): readonly Assignment[];
  /** True when anybody has the address. */
  has(ip: Ip): boolean;
}

/** An empty book. */
export function createBook(): Book {
  const byHolder = new Map<string, Assignment[]>();
  // More than one only where two attachment records claimed one address before the daemon started.
  const users = new Map<Ip, number>();
  return {
    of: (holder) => byHolder.get(keyOf(holder)) ?? [],
    all: () => [...byHolder.values()].flat(),
    add(assignment) {
      const key = keyOf(assignment);
      byHolder.set(key, [...(byHolder.get(key) ?? []), assignment]);
      const count = users.get(assignment.ip) ?? 0;
      users.set(assignment.ip, count + 1);
      return count === 0;
    },
    remove(holder) {
      const key = keyOf(holder);
      const had = byHolder.get(key) ?? [];
      byHolder.delete(key);
      for (const { ip } of had) {
        const count = users.get(ip) ?? 0;
        if (count > 1) users.set(ip, count - 1);
        else users.delete(ip);
      }
      return had;
    },
    has: (ip) => users.has(ip),
  };
}

/** No container id and no interface name has a slash (CNI spec 1.1.0, "Parameters"). */
function keyOf({ containerId, ifname }: Holder): string {
  return `${containerId}/${ifname}`;
}
