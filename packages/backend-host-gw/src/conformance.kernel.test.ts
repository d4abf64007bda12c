import { kernelConformance } from '@poplin/backend-conformance';
import { hostGw } from './backend.js';

kernelConformance({ backend: hostGw, entry: new URL('../dist/index.js', import.meta.url) });
