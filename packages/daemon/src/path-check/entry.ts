import type { PathFinding } from './findings.js';
import type { BlindPath, Path } from './path.js';
import { failuresBeforeTold } from './retry.js';
import type { Verdict } from './verdict.js';

/** One way to a peer, and what is known of it. */
export interface Entry {
  readonly path: Path | BlindPath;
  /** When to check it next, ms of the clock; absent: not until something changes. */
  readonly due?: number;
  /** Checks in a row that did not find it working. */
  readonly failures: number;
  readonly finding: PathFinding;
}

/** Identifies the way to a peer, whatever it is at the moment. */
export function keyOf({ peer, family }: Pick<Path, 'peer' | 'family'>): string {
  return `${family} ${peer}`;
}

/** Tells whether nodes can check it. */
export function canBeChecked(path: Path | BlindPath): path is Path {
  return !('why' in path);
}

/** A way that was not there before. */
export function newEntry(path: Path | BlindPath, now: number): Entry {
  const { peer, family, link, mtu } = path;
  const known = { peer, family, link, mtu };
  if (!canBeChecked(path)) {
    return { path, failures: 0, finding: { ...known, verdict: 'unknown', reason: path.why } };
  }
  return { path, failures: 0, due: now, finding: { ...known, verdict: 'pending', reason: '' } };
}

/** The same way after a check. A failure is told when it was seen often enough; until then what was known stands. */
export function judged(entry: Entry, verdict: Verdict, nextDue: number): Entry {
  const { path, finding } = entry;
  if (verdict.kind === 'works') {
    return { path, failures: 0, finding: { ...finding, verdict: 'works', reason: '' } };
  }
  const failures = entry.failures + 1;
  const told = failures >= failuresBeforeTold;
  const { kind, reason } = verdict;
  return {
    path,
    failures,
    due: nextDue,
    finding: told ? { ...finding, verdict: kind, reason } : finding,
  };
}
