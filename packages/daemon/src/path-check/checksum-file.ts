import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, type Log } from '@poplin/net';
import { z } from 'zod';
import { replaceFile } from '../file/atomic.js';

/** The links whose checksums are computed in software because packets were lost otherwise. It outlives the daemon, as the kernel's setting does. */
export interface ChecksumFile {
  /** What the last run has left. */
  readonly saved: readonly string[];
  /** @throws {Error} the system's, when the file cannot be written; the old one stands then. */
  keep(links: readonly string[]): void;
}

const schema = z.array(z.string().startsWith('poplin.').max(15)).max(16);

/** Opens `checksums.json` in the state directory. One that cannot be read counts as none, which is logged: all of it can be found again. */
export function openChecksumFile(stateDir: string, log: Log): ChecksumFile {
  const path = join(stateDir, 'checksums.json');
  return {
    saved: read(path, log),
    keep(links) {
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      replaceFile(path, `${JSON.stringify(links)}\n`, 'power failure');
    },
  };
}

function read(path: string, log: Log): readonly string[] {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const what = `${path} does not tell whose checksums were wrong: ${describeError(error)}`;
    log.warn({ err: error }, what);
    return [];
  }
}
