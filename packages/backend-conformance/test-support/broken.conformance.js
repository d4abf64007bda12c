/**
 * A suite of vitest for backends that are broken in the ways that BROKEN names, separated by commas, each in a group of that name; without it,
 * for a sound one. `src/broken.kernel.test.ts` runs it.
 */
import { backendConformance } from '@poplin/backend-conformance';
import { describe } from 'vitest';
import { brokenBy } from './broken-backend.js';

for (const how of (process.env.BROKEN ?? '').split(','))
  describe(how || 'sound', () =>
    backendConformance({
      backend: brokenBy(how),
      entry: new URL('./broken-backend.js', import.meta.url),
      packageName: 'poplin-backend-broken',
    }),
  );
