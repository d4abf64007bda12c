import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ownFolder } from './own-folder.js';

const manifestSchema = z.object({
  version: z.string(),
  dependencies: z.object({ '@poplin/backend': z.string() }),
});

/** Version of this package. */
export function readVersion(): string {
  return readManifest().version;
}

/** Version of `@poplin/backend` that this daemon is built with. */
export function readContractVersion(): string {
  return readManifest().dependencies['@poplin/backend'];
}

function readManifest(): z.infer<typeof manifestSchema> {
  const text = readFileSync(new URL('package.json', ownFolder), 'utf8');
  return manifestSchema.parse(JSON.parse(text));
}
