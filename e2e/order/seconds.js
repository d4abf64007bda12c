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
  'e2e/suites/bad-starts.lab.test.ts': 25,
  'e2e/suites/backends/stranded.lab.test.ts': 24,
  'e2e/suites/ipv6.lab.test.ts': 23,
  'e2e/suites/backends/network-manager.lab.test.ts': 19,
  'e2e/suites/daemon-life.lab.test.ts': 18,
  'e2e/suites/network-model.lab.test.ts': 18,
  'e2e/suites/backends/missing-module.lab.test.ts': 15,
  'packages/daemon/src/path-check/path-check.kernel.test.ts': 43,
  'packages/daemon/src/backend/external/isolation.kernel.test.ts': 35,
  'packages/cni/src/shim.deadline.kernel.test.ts': 30,
  'packages/backend-conformance/src/broken.kernel.test.ts': 29,
  'packages/netlink/src/thread/leaks.kernel.test.ts': 24,
  'packages/reconciler/src/nftables/foreign/foreign-firewall.kernel.test.ts': 23,
  'packages/netlink/src/sockets/sockets.kernel.test.ts': 20,
  'packages/netlink/src/codec/fuzz.test.ts': 18,
  'packages/daemon/src/cluster/switching.test.ts': 11,
  'packages/cni/src/shim.tolerance.kernel.test.ts': 14,
  'packages/backend-udp/src/life.kernel.test.ts': 13,
  'packages/reconciler/src/link/vxlan.kernel.test.ts': 12,
  'packages/cli/src/install/shim-upgrade.kernel.test.ts': 11,
};
