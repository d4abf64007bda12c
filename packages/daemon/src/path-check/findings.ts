import type { Family } from '@poplin/net';

/** What the check of a path to a peer has found. */
export interface PathFinding {
  /** Name of the node at the other end. */
  readonly peer: string;
  /** Family of the packets in the tunnel. */
  readonly family: Family;
  /** Link that leads there: the tunnel's, or that of the underlay where packets travel plain. */
  readonly link: string;
  /**
   * `works`: UDP and TCP get through, short and as long as fits. `fails`: something does not. `unknown`: it cannot be checked.
   * `pending`: not checked yet, or failed too few times to tell.
   */
  readonly verdict: 'works' | 'fails' | 'unknown' | 'pending';
  /** Longest packet that should fit, bytes. */
  readonly mtu: number;
  /** What fails or why nothing is known, and what to do: one sentence; empty when it works or is pending. */
  readonly reason: string;
}

/** What the check of a tunnel's link has found about the checksums of what it sends. */
export interface ChecksumFinding {
  readonly link: string;
  /** `faulty`: they are computed in software now, and packets get through. `innocent`: that did not help, so it was undone. */
  readonly verdict: 'faulty' | 'innocent';
  /** One sentence for an operator. */
  readonly reason: string;
}

/** All that the path check knows now. */
export interface PathFindings {
  readonly paths: readonly PathFinding[];
  readonly checksums: readonly ChecksumFinding[];
}

/** What an operator has to look at, a sentence each. */
export function problemsOf({ paths, checksums }: PathFindings): readonly string[] {
  return [
    ...paths.filter(({ verdict }) => verdict === 'fails').map(({ reason }) => reason),
    ...checksums.filter(({ verdict }) => verdict === 'faulty').map(({ reason }) => reason),
  ];
}
