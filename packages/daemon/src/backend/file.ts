import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, type Log } from '@poplin/net';
import { z } from 'zod';
import { replaceFile } from '../file/atomic.js';
import type { BackendConfig } from './load.js';
import { type LinkSuffix, linkSuffixes } from './room.js';

/** A backend at work, as the next run of the daemon has to know it. */
export interface SavedBackend {
  readonly config: BackendConfig;
  /** What its links have behind their names. */
  readonly linkSuffix: LinkSuffix;
}

/**
 * Which backends were at work, the preferred one first. The cluster's configuration knows only the one that it asks for; one that is
 * about to be given up, and which names the links have, this node must remember by itself.
 */
export interface BackendFile {
  /** What the last run has left; empty when there was none. */
  readonly saved: readonly SavedBackend[];
  /** @throws {Error} the system's, when the file cannot be written; the old one stands then. */
  keep(backends: readonly SavedBackend[]): void;
}

const schema = z
  .array(
    z.object({
      config: z.object({ type: z.string().min(1), options: z.record(z.string(), z.json()) }),
      linkSuffix: z.enum(linkSuffixes),
    }),
  )
  .max(8);

/** Opens `backends.json` in the state directory. One that cannot be read counts as none, which is logged: all of it can be found again. */
export function openBackendFile(stateDir: string, log: Log): BackendFile {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const path = join(stateDir, 'backends.json');
  return {
    saved: read(path, log),
    keep(backends) {
      replaceFile(path, `${JSON.stringify(backends, undefined, 2)}\n`, 'power failure');
    },
  };
}

function read(path: string, log: Log): readonly SavedBackend[] {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const what = `${path} does not tell which backends were at work: ${describeError(error)}`;
    log.warn({ err: error }, `${what}. Links may be made anew`);
    return [];
  }
}
