import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { RegistryError } from '../error.js';
import { emptyState, type RegistryState, type StoredEntry } from './state.js';

const revision = z.string().regex(/^\d{1,19}$/);

const fileSchema = z.strictObject({
  format: z.literal('poplin-registry'),
  version: z.literal(1),
  revision,
  entries: z.array(
    z.strictObject({
      key: z.string().min(1),
      value: z.string(),
      createRevision: revision,
      modRevision: revision,
    }),
  ),
});

/**
 * Reads the file of an embedded registry; none is an empty registry.
 *
 * @throws {RegistryError} CORRUPT when it is there but not one: resetting it would hand out addresses twice.
 *   UNAVAILABLE when it cannot be read.
 */
export async function loadState(file: string): Promise<RegistryState> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return emptyState;
    throw new RegistryError('UNAVAILABLE', `registry file ${file} cannot be read`, { cause });
  }
  return parseState(file, text);
}

function parseState(file: string, text: string): RegistryState {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw corrupt(file, 'it is not JSON', cause);
  }
  const result = fileSchema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw corrupt(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, result.error);
  }
  const entries = new Map<string, StoredEntry>();
  for (const { key, value, createRevision, modRevision } of result.data.entries) {
    entries.set(key, {
      key,
      value,
      createRevision: BigInt(createRevision),
      modRevision: BigInt(modRevision),
      leased: false,
    });
  }
  return { revision: BigInt(result.data.revision), entries };
}

/**
 * Writes the file of an embedded registry so that a crash at any moment leaves the old or the new one:
 * a temporary file beside it, fsync, rename, fsync of the folder. Leased entries stay out.
 *
 * @throws {RegistryError} UNAVAILABLE: the old file stands. AMBIGUOUS: the new one stands, but a power cut
 *   could still bring the old one back.
 */
export async function saveState(file: string, state: RegistryState): Promise<void> {
  const temporary = `${file}.new`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeDurably(temporary, formatState(state));
    await rename(temporary, file);
  } catch (cause) {
    throw new RegistryError('UNAVAILABLE', `registry file ${file} cannot be written`, {
      cause,
      remedy: 'Check the space and the rights of its folder',
    });
  }
  try {
    await syncFolder(dirname(file));
  } catch (cause) {
    const message = `registry file ${file} was written, but its folder cannot be synced`;
    throw new RegistryError('AMBIGUOUS', message, { cause });
  }
}

function formatState(state: RegistryState): string {
  const entries = [...state.entries.values()]
    .filter((entry) => !entry.leased)
    .map(({ key, value, createRevision, modRevision }) => ({
      key,
      value,
      createRevision: String(createRevision),
      modRevision: String(modRevision),
    }));
  const document = {
    format: 'poplin-registry',
    version: 1,
    revision: String(state.revision),
    entries,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function corrupt(file: string, why: string, cause: unknown): RegistryError {
  return new RegistryError('CORRUPT', `registry file ${file} is damaged: ${why}`, {
    cause,
    remedy: 'Restore it from a backup. Removing it frees every block that it records',
  });
}
