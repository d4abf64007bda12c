/** Compiles ptrace.c, once. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inCheckout } from '../setup/checkout.js';
import { run } from '../setup/command.js';

const source = fileURLToPath(new URL('ptrace.c', import.meta.url));
const library = inCheckout('.cache/uml/ptrace.so');

/** @type {Promise<string> | undefined} */
let compiled;

/**
 * The library that user-mode-linux is started with, compiled when it is missing or older than its source.
 *
 * @returns {Promise<string>} its path
 * @throws {import('../setup/command.js').SetupError} when gcc fails
 */
export function ptraceLibrary() {
  compiled ??= compile();
  return compiled;
}

async function compile() {
  if (existsSync(library) && statSync(library).mtimeMs >= statSync(source).mtimeMs) return library;
  mkdirSync(inCheckout('.cache/uml'), { recursive: true });
  // Renamed into place, so that another run never loads half of it.
  const work = `${library}.${process.pid}`;
  try {
    const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
    await run('gcc', [...flags, '-o', work, source], {
      remedy: 'Run npm run setup as root: it installs gcc.',
    });
    renameSync(work, library);
  } finally {
    rmSync(work, { force: true });
  }
  return library;
}
