import { backendConformance, planConformance } from '@poplin/backend-conformance';
import { hub } from '../src/index.js';

// The nodes of the suite are n1 (192.168.7.1, fd77::1), n2 (192.168.7.2, fd77::2), …; plans are those of n1.
backendConformance({
  backend: hub,
  entry: new URL('../dist/index.js', import.meta.url),
  packageName: 'poplin-backend-hub',
  options: { hub: { node: 'n1', addresses: ['192.168.7.1', 'fd77::1'] } },
});

planConformance({
  backend: hub,
  options: { hub: { node: 'n2', addresses: ['192.168.7.2', 'fd77::2'] } },
});
