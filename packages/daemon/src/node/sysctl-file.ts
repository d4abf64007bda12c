import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SysctlRecord } from '@poplin/reconciler';
import { z } from 'zod';
import { replaceFile } from '../file/atomic.js';
import { NodeError } from './error.js';

const schema = z.record(z.string(), z.string());

/**
 * The values that sysctls had before Poplin changed them, for `cleanup`. The first value recorded for a
 * key is the host's own; later ones may be ours.
 *
 * @throws {NodeError} STATE_FILE when the file is there but cannot be read.
 */
export function openSysctlFile(stateDir: string): SysctlRecord {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const path = join(stateDir, 'sysctls.json');
  const earlier = read(path);
  return {
    keepEarlier(key, value) {
      if (earlier[key] !== undefined) return;
      earlier[key] = value;
      replaceFile(path, `${JSON.stringify(earlier, null, 2)}\n`, 'power failure');
    },
  };
}

function read(path: string): Record<string, string> {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new NodeError('STATE_FILE', `${path} does not hold earlier sysctl values`, {
      cause,
      remedy: 'Remove it; `cleanup` will then not know what to put back',
    });
  }
}
