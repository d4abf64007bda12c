/**
 * Seconds that the longest test files take, on two processors with nothing else to do. Those that are not here take ten or less. They need
 * not be right, only tell the long from the short.
 *
 * @type {Readonly<Record<string, number>>}
 */
export const seconds = {
  'e2e/suites/cni/conformance.lab.test.ts': 318,
  'e2e/suites/cni/faults.lab.test.ts': 213,
  'e2e/suites/backends/matrix.lab.test.ts': 210,
  'e2e/suites/tamper.lab.test.ts': 99,
  'e2e/suites/external-backend.lab.test.ts': 76,
  'e2e/suites/switching.lab.test.ts': 62,
  'e2e/suites/path-check.lab.test.ts': 49,
  'e2e/soak/soak.lab.test.ts': 47,
  'e2e/suites/backends/mtu.lab.test.ts': 45,
  'e2e/suites/underlay.lab.test.ts': 44,
  'packages/daemon/src/path-check/path-check.kernel.test.ts': 43,
  'packages/daemon/src/backend/external/isolation.kernel.test.ts': 35,
  'packages/cni/src/shim.deadline.kernel.test.ts': 30,
  'packages/netlink/src/thread/leaks.kernel.test.ts': 24,
  'packages/reconciler/src/nftables/foreign/foreign-firewall.kernel.test.ts': 23,
  'packages/netlink/src/sockets/sockets.kernel.test.ts': 20,
  'packages/netlink/src/codec/fuzz.test.ts': 18,
  'packages/backend-conformance/src/broken.kernel.test.ts': 15,
  'packages/daemon/src/cluster/switching.test.ts': 11,
  'packages/cli/src/install/shim-upgrade.kernel.test.ts': 11,
};
