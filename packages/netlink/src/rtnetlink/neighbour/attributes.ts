import { flagNamesOf } from '../flag-names.js';
import { namesOf } from '../names.js';
import type { NeighbourFlag, NeighbourState } from './types.js';

/** Attributes of a neighbour or of an entry of a forwarding table (NDA_*, linux/neighbour.h). */
export const NDA = {
  DST: 1,
  LLADDR: 2,
  CACHEINFO: 3,
  PROBES: 4,
  VLAN: 5,
  PORT: 6,
  VNI: 7,
  IFINDEX: 8,
  MASTER: 9,
  SRC_VNI: 11,
  PROTOCOL: 12,
  NH_ID: 13,
  FLAGS_EXT: 15,
} as const;

/** Flags of a neighbour or of an entry of a forwarding table (NTF_*). */
export const NTF = {
  USE: 0x1,
  SELF: 0x2,
  MASTER: 0x4,
  PROXY: 0x8,
  EXT_LEARNED: 0x10,
  OFFLOADED: 0x20,
  STICKY: 0x40,
  ROUTER: 0x80,
} as const;

/** Flags in NDA_FLAGS_EXT (NTF_EXT_*). */
export const NTF_EXT_MANAGED = 0x1;

/** Where NTF_EXT_* begin when they are put together with NTF_*, as in the kernel (NTF_EXT_SHIFT). */
export const NTF_EXT_SHIFT = 8;

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

/** Names of the flags, NTF_EXT_* shifted by {@link NTF_EXT_SHIFT}. */
export const neighbourFlagNames = flagNamesOf<NeighbourFlag>({
  use: NTF.USE,
  self: NTF.SELF,
  master: NTF.MASTER,
  proxy: NTF.PROXY,
  extern_learn: NTF.EXT_LEARNED,
  offload: NTF.OFFLOADED,
  sticky: NTF.STICKY,
  router: NTF.ROUTER,
  managed: NTF_EXT_MANAGED << NTF_EXT_SHIFT,
  locked: 0x2 << NTF_EXT_SHIFT,
});
