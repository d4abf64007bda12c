/** A limit as CNI and the runtimes give it, in bits. */
export interface BitLimit {
  /** Bits per second. */
  readonly rate: number;
  /** Bits that may pass at once; absent or 0: not said. */
  readonly burst?: number;
}

/** What passes in this time at the rate may pass at once where nobody says more, seconds. */
const usualTime = 0.05;

/** At least, where nobody says more, bytes: one segment as large as TCP hands it to a link (GSO_LEGACY_MAX_SIZE). */
const usualLeast = 65_536;

/**
 * Bursts from here on, in bits, say "no limit". containerd and CRI-O cannot leave the field out and send 2^32 - 1 bits: taken at its word,
 * the first half gigabyte would pass without any limit (kubernetes issue 90838, containernetworking/plugins issue 609).
 */
const unlimitedFrom = 2 ** 31;

/** The greatest that the kernel takes (TCA_TBF_BURST is 32 bits wide). */
const greatest = 2 ** 32 - 1;

/**
 * Bytes that may pass at once. A burst that is not said, or so large that it is no limit, is 50 ms of the rate, at least
 * 64 KiB; every other one is taken as it is, rounded up to whole bytes.
 */
export function effectiveBurst({ rate, burst = 0 }: BitLimit): number {
  const said = burst > 0 && burst < unlimitedFrom;
  const bytes = said ? burst / 8 : Math.max((rate / 8) * usualTime, usualLeast);
  return Math.min(Math.ceil(bytes), greatest);
}
