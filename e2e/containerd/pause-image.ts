import { readFile, writeFile } from 'node:fs/promises';
import { checkout, must } from '../lab/index.js';
import { packImage } from './image.js';

/** Name of the image that all sandboxes run. */
export const pauseImage = 'lab.test/pause:1';

/**
 * Compiles the one program of a sandbox and wraps it as an image.
 *
 * @param folder where to put both
 * @param env environment of the program
 * @returns path of the archive
 */
export async function buildPauseImage(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const program = `${folder}/pause`;
  const source = `${checkout}/e2e/containerd/pause.c`;
  await must([
    'gcc',
    '-std=c11',
    '-Os',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-static',
    '-s',
    '-o',
    program,
    source,
  ]);
  const files = [{ path: 'pause', content: await readFile(program), mode: 0o755 }];
  const archive = `${folder}/pause.tar`;
  await writeFile(archive, packImage({ name: pauseImage, files, entrypoint: ['/pause'], env }));
  return archive;
}
