/** Tests of the driver that cannot pass inside, and why. All others must. */

/** Files. */
export const leftOutFiles = [
  // The kernel has nftables for bridges alone.
  'packages/netlink/src/nftables/**/*.kernel.test.ts',
  // Turns connection tracking on by a rule of nftables.
  'packages/netlink/src/conntrack/*.kernel.test.ts',
  // Counts what our process keeps, not what the kernel does, and takes a minute inside.
  'packages/netlink/src/thread/leaks.kernel.test.ts',
  // Runs programs that use nftables and that write files.
  'packages/netlink/src/readme.kernel.test.ts',
];

/** Single tests, by the last part of their names. They are told of as skipped. */
export const leftOutTests = [
  // Makes a table of nftables.
  'sees what ip and nft change in its namespace',
  // Count packets by rules of nftables.
  'send without a checksum, and take what has none (ipv4)',
  'send without a checksum, and take what has none (ipv6)',
  'send whole or not at all, by the MTU of the link (ipv4)',
  'send whole or not at all, by the MTU of the link (ipv6)',
  // Counts the turns of one thread while another one works; there is one processor.
  'lets the event loop turn while links are deleted',
];
