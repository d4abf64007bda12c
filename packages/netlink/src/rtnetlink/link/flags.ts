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

/** The two fields of `struct ifinfomsg`: the wanted bits, and which of them are meant at all. */
export function encodeLinkFlags({ up, noArp, multicast, promisc, allMulticast }: LinkFlags): {
  readonly flags: number;
  readonly change: number;
} {
  const flags =
    (up ? IFF.UP : 0) |
    (noArp ? IFF.NOARP : 0) |
    (multicast ? IFF.MULTICAST : 0) |
    (promisc ? IFF.PROMISC : 0) |
    (allMulticast ? IFF.ALLMULTI : 0);
  const change =
    (up === undefined ? 0 : IFF.UP) |
    (noArp === undefined ? 0 : IFF.NOARP) |
    (multicast === undefined ? 0 : IFF.MULTICAST) |
    (promisc === undefined ? 0 : IFF.PROMISC) |
    (allMulticast === undefined ? 0 : IFF.ALLMULTI);
  return { flags, change };
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
