import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../file/atomic.js';
import { NodeError } from './error.js';

/** What makes a node the same node after a restart, whatever its name or address. */
export interface NodeIdentity {
  /** A UUID made once. */
  readonly id: string;
  /** When it was made, ISO 8601. */
  readonly createdAt: string;
}

const schema = z.object({ id: z.uuid(), createdAt: z.iso.datetime() });

/**
 * Reads the identity of this node from its state directory, or makes one.
 *
 * @throws {NodeError} STATE_FILE when the file is there but is not an identity: a new one would give the
 *   blocks of this node to nobody.
 */
export function loadIdentity(stateDir: string): NodeIdentity {
  const path = join(stateDir, 'node.json');
  const text = readIfThere(path);
  if (text === undefined) {
    const identity = { id: randomUUID(), createdAt: new Date().toISOString() };
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    replaceFile(path, `${JSON.stringify(identity)}\n`, 'power failure');
    return identity;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NodeError('STATE_FILE', `${path} does not hold this node's identity`, {
      cause,
      remedy: `Restore it, or remove it to join as a new node: the blocks of the old one stay with it`,
    });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new NodeError('STATE_FILE', `cannot read ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
