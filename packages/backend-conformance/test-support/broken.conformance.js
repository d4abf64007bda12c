/**
 * A suite of vitest for a backend that is broken in the way that BROKEN says; without it, it is sound. `src/broken.kernel.test.ts` runs it.
 */
import { backendConformance } from '@poplin/backend-conformance';
import { broken } from './broken-backend.js';

backendConformance({
  backend: broken,
  entry: new URL('./broken-backend.js', import.meta.url),
  packageName: 'poplin-backend-broken',
});
