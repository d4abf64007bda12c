import { kernelConformance } from '@poplin/backend-conformance';
import { vxlan } from './backend.js';

kernelConformance({
  backend: vxlan,
  entry: new URL('../dist/index.js', import.meta.url),
  underlays: ['same link', 'routed'],
});
