import { namesOf } from '../names.js';
import type { NeighbourState } from './types.js';

/** Attributes of a neighbour (NDA_*, linux/neighbour.h). */
export const NDA = { DST: 1, LLADDR: 2, IFINDEX: 8, PROTOCOL: 12 } as const;

/** States of a neighbour (NUD_*). */
export const neighbourStates = namesOf<NeighbourState>({
  none: 0,
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noarp: 0x40,
  permanent: 0x80,
});
