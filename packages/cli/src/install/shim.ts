import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CliError, errnoOf } from '../error.js';
import { ownFolder } from '../own-folder.js';

/** Name of the binary; network configurations call it by this `type`. */
export const shimName = 'poplin';

/** Words in every shim's own description of itself (packages/cni, `about`). */
const marker = 'the CNI plugin of the Poplin container network';

/** Where a checkout has the shim after `make -C packages/cni`, seen from this package. */
const builtShim = fileURLToPath(new URL('../cni/build/poplin', ownFolder));

/** Tells whether a file's content is the shim, of whatever version. */
export function isShim(content: Buffer): boolean {
  return content.includes(marker);
}

/**
 * Reads the shim that is to be installed.
 *
 * @throws {CliError} FILE when there is none, INVALID_ARGUMENT when the file is something else.
 */
export async function readShim(path = builtShim): Promise<Buffer> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (cause) {
    const why = errnoOf(cause) === 'ENOENT' ? 'it does not exist' : String(cause);
    throw new CliError('FILE', `cannot read the shim ${path}: ${why}`, {
      cause,
      remedy: 'Build it with make -C packages/cni, or name it with --shim PATH',
    });
  }
  if (isShim(content)) return content;
  throw new CliError('INVALID_ARGUMENT', `${path} is not the CNI shim of Poplin`, {
    remedy: 'Name the binary that make -C packages/cni builds',
  });
}
