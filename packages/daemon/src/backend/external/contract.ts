import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

let version: string | undefined;

/** Version of `@poplin/backend` that this daemon was built with: the one that is installed beside it. */
export function ownContract(): string {
  version ??= readVersion();
  return version;
}

function readVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@poplin/backend');
  const manifest = join(dirname(entry), '..', 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
