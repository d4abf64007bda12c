import { kernelConformance } from '@poplin/backend-conformance';
import { udp } from './backend.js';

kernelConformance({
  backend: udp,
  entry: new URL('../dist/index.js', import.meta.url),
  underlays: ['same link', 'routed'],
  dataPlane: 'process',
});
