import { stat } from 'node:fs/promises';
import { CliError } from '../error.js';
import { type DesiredFile, readIfThere } from './atomic-file.js';
import { defaultConflist, formatConflist, isPoplin, parseConflist } from './conflist.js';
import { mergeConflist } from './merge.js';

/** A network configuration as it should be, and what differs from the one that is there. */
export interface DesiredConflist extends DesiredFile {
  readonly changes: readonly string[];
}

/** How the network configuration is to become what it should be. */
export interface ConflistOptions {
  readonly path: string;
  /** Path of the daemon's socket. */
  readonly socket: string;
  /** True to write the default, whatever is there. */
  readonly replace: boolean;
}

/**
 * The network configuration that should be there: what is there, brought up to date, or the default where there is none.
 *
 * @throws {CliError} FILE when a file is there that is broken or somebody else's.
 */
export async function desiredConflist(options: ConflistOptions): Promise<DesiredConflist> {
  const { path, socket, replace } = options;
  const before = replace ? undefined : await readIfThere(path);
  if (!before) {
    const content = Buffer.from(formatConflist(defaultConflist(socket)));
    return { path, content, mode: 0o644, changes: [] };
  }
  // An operator may have made it stricter.
  const mode = (await stat(path)).mode & 0o777;
  const parsed = parseConflist(before.toString());
  if (parsed.kind === 'broken') throw refusal(path, parsed.why);
  const count = parsed.list.plugins.filter(isPoplin).length;
  if (count !== 1) throw refusal(path, `it names ${count || 'no'} plugins of type poplin, not one`);
  const { value, changes } = mergeConflist(parsed.list, socket);
  const content = changes.length === 0 ? before : Buffer.from(formatConflist(value));
  return { path, content, mode, changes };
}

function refusal(path: string, why: string): CliError {
  return new CliError('FILE', `${path} is not a network configuration of Poplin: ${why}`, {
    remedy: 'Mend it, move it away, or let --replace write the default in its place',
  });
}
