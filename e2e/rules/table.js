/**
 * Who may know whom: the table of packages of docs/architecture.md as data. A package may import those named
 * here and whatever these may import; nothing else of Poplin. An import never runs upward.
 */
export const mayImport = {
  api: [],
  net: [],
  netlink: ['net'],
  backend: ['net'],
  reconciler: ['backend', 'netlink'],
  'backend-conformance': ['backend', 'reconciler', 'netlink'],
  'create-poplin-backend': [],
  bgp: ['net', 'netlink'],
  'backend-host-gw': ['backend', 'net'],
  'backend-vxlan': ['backend', 'net'],
  'backend-ipip': ['backend', 'net'],
  'backend-udp': ['backend', 'net', 'netlink'],
  'backend-bgp': ['backend', 'net', 'bgp'],
  ipam: ['net'],
  daemon: [
    'api',
    'reconciler',
    'backend-host-gw',
    'backend-vxlan',
    'backend-ipip',
    'backend-udp',
    'backend-bgp',
    'ipam',
  ],
  cni: [],
  cli: ['api'],
  e2e: ['api'],
};

/** What the tests of a package may import besides: they check it from above. */
export const testsMayImport = {
  'backend-host-gw': ['backend-conformance'],
  'backend-vxlan': ['backend-conformance'],
  'backend-ipip': ['backend-conformance'],
  'backend-udp': ['backend-conformance'],
  'backend-bgp': ['backend-conformance'],
  cni: ['api'],
  'create-poplin-backend': ['backend', 'backend-conformance', 'net'],
};

/** The packages of Poplin that a package may import: those of the table, and what these may import. */
export function allowedFor(name, isTest) {
  const allowed = new Set();
  const add = (other) => {
    if (allowed.has(other)) return;
    allowed.add(other);
    mayImport[other]?.forEach(add);
  };
  mayImport[name]?.forEach(add);
  if (isTest) testsMayImport[name]?.forEach(add);
  return allowed;
}
