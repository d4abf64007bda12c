import type { FdbState } from './types.js';

/** Address family of forwarding tables (linux/socket.h). */
export const AF_BRIDGE = 7;

const NUD_REACHABLE = 0x02;
const NUD_STALE = 0x04;
const NUD_NOARP = 0x40;
const NUD_PERMANENT = 0x80;

/** What `bridge fdb` sends for a state. vxlan refuses an entry that is neither permanent nor reachable. */
export const stateBitsOf: Readonly<Record<Exclude<FdbState, 'stale'>, number>> = {
  permanent: NUD_NOARP | NUD_PERMANENT,
  static: NUD_NOARP | NUD_REACHABLE,
  dynamic: NUD_REACHABLE,
};

/** The state that stands for the bits, as `bridge fdb show` tells it. */
export function stateOf(bits: number): FdbState {
  if (bits & NUD_PERMANENT) return 'permanent';
  if (bits & NUD_NOARP) return 'static';
  return bits & NUD_STALE ? 'stale' : 'dynamic';
}
