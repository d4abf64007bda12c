/** In which order test files run, so that no worker is left alone with the longest file at the end. */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { BaseSequencer } from 'vitest/node';
import { checkout } from '../setup/checkout.js';
import { seconds } from './seconds.js';

/**
 * The longest files first, as far as they are known; the others in vitest's own order, which on a clean clone
 * goes by their size. With `--sequence.shuffle.files` in an order that the seed determines. Files that share a process come last and
 * together: a file between them would end the process, and what it has imported.
 */
export class LongestFirst extends BaseSequencer {
  async sort(files) {
    const { shuffle, seed } = this.ctx.config.sequence;
    const isShuffled = shuffle === true || shuffle?.files;
    const ordered = isShuffled
      ? inOrderOf(files, ({ moduleId }) => hash(`${seed} ${moduleId}`))
      : inOrderOf(await super.sort(files), ({ moduleId }) => -secondsOf(moduleId));
    return inOrderOf(ordered, ({ project }) => (project.config.isolate ? 0 : 1));
  }
}

const secondsOf = (path) => seconds[relative(checkout, path)] ?? 0;

const inOrderOf = (files, key) => files.toSorted((one, other) => key(one) - key(other));

/** 48 bits. */
const hash = (text) => createHash('sha256').update(text).digest().readUIntBE(0, 6);
