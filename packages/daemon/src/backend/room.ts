import type { BackendAtWork } from './at-work.js';
import { RoomError } from './error.js';
import type { Dependents } from './status.js';

/** A backend that takes up room. */
type Occupant = Pick<BackendAtWork, 'type' | 'linkSuffix' | 'name'>;

/** What the links of a backend have behind their names: two of one type must not have the same. */
export const linkSuffixes = ['', '.b'] as const;

/** One of {@link linkSuffixes}. */
export type LinkSuffix = (typeof linkSuffixes)[number];

/** So many can be published at once; see `NodeRecord`. */
const most = 4;

/**
 * Finds link names for one more backend.
 *
 * @param all - those that there are, by type, link suffix and name.
 * @throws {RoomError} NO_ROOM when all are taken, naming the nodes that the others are kept for.
 */
export function roomFor(
  type: string,
  all: readonly Occupant[],
  dependents: Dependents,
): LinkSuffix {
  const alike = all.filter((occupant) => occupant.type === type);
  const free = linkSuffixes.find((suffix) => !alike.some((o) => o.linkSuffix === suffix));
  if (free !== undefined && all.length < most) return free;
  const nodes = [...new Set(all.slice(1).flatMap(({ name }) => dependents.get(name) ?? []))];
  const late = nodes.length > 0 ? `: ${nodes.join(', ')} cannot be reached otherwise` : '';
  throw new RoomError('NO_ROOM', `an earlier change of backend is not at its end${late}`, {
    retryable: true,
    remedy: 'It begins when that is over; remove the records of nodes that are no more',
  });
}
