import { kernelConformance } from '@poplin/backend-conformance';
import { ipip } from './backend.js';

kernelConformance({
  backend: ipip,
  entry: new URL('../dist/index.js', import.meta.url),
  underlays: ['same link', 'routed'],
});
