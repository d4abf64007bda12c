import { parseArgs } from 'node:util';

/** What was asked for. */
export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'create'; readonly name: string; readonly folder?: string };

/** The text of `--help`. */
export const help = `Writes a new backend for Poplin.

Usage: npm create poplin-backend NAME [-- --folder FOLDER]

  NAME             my-net, @acme/my-net, or the whole name of the package: poplin-backend-my-net
  --folder FOLDER  where to write it; poplin-backend-NAME here by default
  --help           this text
`;

/** Reads the arguments behind the program's name. @throws {Error} with the reason. */
export function readCommandLine(argv: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, folder: { type: 'string' } },
  });
  if (values.help) return { kind: 'help' };
  const [name, ...more] = positionals;
  if (name === undefined)
    throw new Error('give the backend a name: npm create poplin-backend my-net');
  if (more.length > 0) throw new Error(`one name is enough; what is "${more.join(' ')}"?`);
  return { kind: 'create', name, ...(values.folder !== undefined && { folder: values.folder }) };
}
