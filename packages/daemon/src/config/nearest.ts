import { closest, distance } from 'fastest-levenshtein';

/**
 * The valid word that a mistyped one was most likely meant to be; `undefined` when none is near.
 * Near is an edit distance of 2, or of 3 for words of more than 8 letters; case does not count.
 */
export function nearest(word: string, valid: readonly string[]): string | undefined {
  if (valid.length === 0) return undefined;
  const lower = word.toLowerCase();
  const best = closest(
    lower,
    valid.map((candidate) => candidate.toLowerCase()),
  );
  if (distance(lower, best) > (word.length > 8 ? 3 : 2)) return undefined;
  return valid.find((candidate) => candidate.toLowerCase() === best);
}
