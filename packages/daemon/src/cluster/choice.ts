/**
 * Chooses the backend by which two nodes reach each other: of those that both have at work the one that they prefer most, counted
 * together; of two that are preferred alike, the first in the order of their texts. Symmetric, so both ends come to the
 * same answer from the same two records.
 *
 * While a cluster changes, the records say: `[old]` and `[old]`, then `[new, old]` and `[old]`, which have the old one in common,
 * then `[new, old]` and `[new, old]`, whose best is the new one.
 *
 * @param ours - identities of this node's backends, the preferred one first; see `backend/identity.ts`.
 * @param theirs - those of the peer.
 * @returns the identity of the one to take, or `undefined` when they have none in common.
 */
export function chooseBackend(
  ours: readonly string[],
  theirs: readonly string[],
): string | undefined {
  const common = ours
    .filter((identity, place) => theirs.includes(identity) && ours.indexOf(identity) === place)
    .map((identity) => ({ identity, rank: ours.indexOf(identity) + theirs.indexOf(identity) }));
  common.sort((a, b) => a.rank - b.rank || (a.identity < b.identity ? -1 : 1));
  return common[0]?.identity;
}
