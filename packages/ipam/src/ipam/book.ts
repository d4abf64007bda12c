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
  /** Whose an address is; the first of them, should there be several. */
  userOf(ip: Ip): Assignment | undefined;
}

/** An empty book. */
export function createBook(): Book {
  const byHolder = new Map<string, readonly Assignment[]>();
  // More than one only where two attachment records claimed one address before the daemon started.
  const users = new Map<Ip, readonly Assignment[]>();
  return {
    of: (holder) => byHolder.get(keyOf(holder)) ?? nothing,
    all: () => [...byHolder.values()].flat(),
    add(assignment) {
      const key = keyOf(assignment);
      byHolder.set(key, withOne(byHolder.get(key), assignment));
      const others = users.get(assignment.ip);
      users.set(assignment.ip, withOne(others, assignment));
      return others === undefined;
    },
    remove(holder) {
      const key = keyOf(holder);
      const had = byHolder.get(key) ?? nothing;
      byHolder.delete(key);
      for (const assignment of had) {
        const all = users.get(assignment.ip);
        if (all && all.length > 1) {
          users.set(
            assignment.ip,
            all.filter((user) => user !== assignment),
          );
        } else users.delete(assignment.ip);
      }
      return had;
    },
    userOf: (ip) => users.get(ip)?.[0],
  };
}

const nothing: readonly Assignment[] = [];

/** Another list: who asked before keeps what it was told. */
function withOne(some: readonly Assignment[] | undefined, one: Assignment): readonly Assignment[] {
  return some ? [...some, one] : [one];
}

/** No container id and no interface name has a slash (CNI spec 1.1.0, "Parameters"). */
function keyOf({ containerId, ifname }: Holder): string {
  return `${containerId}/${ifname}`;
}
