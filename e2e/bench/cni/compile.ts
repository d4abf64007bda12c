import { mkdir } from 'node:fs/promises';
import { checkout, must } from '../../lab/index.js';

/** Compiles one of the C programs of this folder, static like the shim. @returns the path of the program. */
export async function compile(name: 'runner' | 'round-trip'): Promise<string> {
  const folder = `${checkout}/.cache/bench`;
  const program = `${folder}/${name}`;
  await mkdir(folder, { recursive: true });
  const source = `${checkout}/e2e/bench/cni/${name}.c`;
  await must(['gcc', '-std=gnu11', '-O2', '-static', '-Wall', '-Wextra', '-o', program, source]);
  return program;
}
