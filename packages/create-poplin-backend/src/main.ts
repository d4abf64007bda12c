#!/usr/bin/env node
import { relative, resolve } from 'node:path';
import { help, readCommandLine } from './command-line.js';
import { createBackend } from './create.js';
import { readName } from './package-name.js';

try {
  const request = readCommandLine(process.argv.slice(2));
  if (request.kind === 'help') process.stdout.write(help);
  else {
    const name = readName(request.name);
    const folder = resolve(request.folder ?? name.folder);
    const files = createBackend(name, folder);
    process.stdout.write(`${name.packageName}: wrote ${files.length} files. Next:

  cd ${relative(process.cwd(), folder) || '.'}
  npm install
  npm test          # as root: packets between two hosts, too

src/plan.ts is where routes come from. docs/writing-a-backend.md of Poplin tells the rest.
`);
  }
} catch (error) {
  process.stderr.write(
    `create-poplin-backend: ${error instanceof Error ? error.message : error}\n`,
  );
  process.exitCode = 1;
}
