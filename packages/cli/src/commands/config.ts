import { readFile } from 'node:fs/promises';
import { type ApplyConfigResponse, ConfigServiceService } from '@poplin/api';
import { CliError } from '../error.js';
import type { Terminal } from '../terminal.js';
import { answer, type CommandContext, openDaemon } from './context.js';

/** Options of `poplinctl config apply`. */
export interface ApplyOptions {
  /** Path of the document, or `-` for standard input. */
  readonly file: string;
  /** Only validate, and tell what would change. */
  readonly dryRun: boolean;
}

/** `poplinctl config get`: the configuration in force, every default spelled out. */
export async function getConfig(context: CommandContext): Promise<void> {
  using daemon = openDaemon(context);
  const response = await daemon.call(
    ConfigServiceService.getConfig,
    {},
    'read the cluster configuration',
  );
  const config = parseDocument(response.document);
  // Only the document: what `get` prints, `apply` takes.
  answer(context, config, () => `${JSON.stringify(config, null, 2)}\n`);
}

/** `poplinctl config apply -f FILE`: makes a document the configuration, or changes nothing. */
export async function applyConfig(context: CommandContext, options: ApplyOptions): Promise<void> {
  const document = await readDocument(options.file, context.terminal);
  using daemon = openDaemon(context);
  const response = await daemon.call(
    ConfigServiceService.applyConfig,
    { document, dryRun: options.dryRun, expectedRevision: 0n },
    `apply ${options.file === '-' ? 'the document on standard input' : options.file}`,
  );
  const { changed, changedPaths, revision } = response;
  const config = parseDocument(response.document);
  answer(context, { changed, changedPaths, revision, dryRun: options.dryRun, config }, () =>
    formatApplied(response, options.dryRun),
  );
}

/** What applying did, for a person. */
export function formatApplied(response: ApplyConfigResponse, dryRun: boolean): string {
  if (!response.changed) return `nothing changes; revision ${response.revision}\n`;
  const head = dryRun ? 'would change, dry run' : `changed; revision ${response.revision}`;
  return [head, ...response.changedPaths.map((path) => `  ${path}`), ''].join('\n');
}

async function readDocument(file: string, terminal: Terminal): Promise<string> {
  const document = file === '-' ? await terminal.readInput() : await readText(file);
  if (document.trim() !== '') return document;
  throw new CliError('INVALID_ARGUMENT', `${file === '-' ? 'standard input' : file} is empty`, {
    remedy: 'Start from what is in force: poplinctl config get',
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('FILE', `cannot read the configuration from ${file}: ${why}`, { cause });
  }
}

function parseDocument(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch (cause) {
    throw new CliError('REFUSED', 'the daemon sent a configuration that is not JSON', { cause });
  }
}
