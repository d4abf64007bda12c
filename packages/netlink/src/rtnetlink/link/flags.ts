/** Flags of a link (IFF_*, linux/if.h). */
const IFF = {
  UP: 0x1,
  RUNNING: 0x40,
  NOARP: 0x80,
  PROMISC: 0x100,
  ALLMULTI: 0x200,
  MULTICAST: 0x1000,
} as const;

/** Flags that can be set. Same as `ip link set NAME up arp off multicast off promisc on allmulticast on`. */
export interface LinkFlags {
  /** Brought up by its administrator (IFF_UP). */
  readonly up?: boolean;
  /** Neither asks nor answers by ARP or neighbour discovery (IFF_NOARP); `arp off` of `ip`. */
  readonly noArp?: boolean;
  /** Can send multicast (IFF_MULTICAST). */
  readonly multicast?: boolean;
  /** Takes every frame (IFF_PROMISC); counted, so what others ask for goes on. */
  readonly promisc?: boolean;
  /** Takes every multicast frame (IFF_ALLMULTI). */
  readonly allMulticast?: boolean;
}

const bits: Readonly<Record<keyof LinkFlags, number>> = {
  up: IFF.UP,
  noArp: IFF.NOARP,
  multicast: IFF.MULTICAST,
  promisc: IFF.PROMISC,
  allMulticast: IFF.ALLMULTI,
};

/** The two fields of `struct ifinfomsg`: the wanted bits, and which of them are meant at all. */
export function encodeLinkFlags(flags: LinkFlags): {
  readonly flags: number;
  readonly change: number;
} {
  let set = 0;
  let change = 0;
  for (const name of Object.keys(bits) as (keyof LinkFlags)[]) {
    if (flags[name] === undefined) continue;
    change |= bits[name];
    if (flags[name]) set |= bits[name];
  }
  return { flags: set, change };
}

/** What the flags of a link say. */
export function decodeLinkFlags(
  flags: number,
): Required<LinkFlags> & { readonly running: boolean } {
  return {
    up: (flags & IFF.UP) !== 0,
    running: (flags & IFF.RUNNING) !== 0,
    noArp: (flags & IFF.NOARP) !== 0,
    multicast: (flags & IFF.MULTICAST) !== 0,
    promisc: (flags & IFF.PROMISC) !== 0,
    allMulticast: (flags & IFF.ALLMULTI) !== 0,
  };
}
