/** In which order test files run, so that no worker is left alone with the longest file at the end. */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { BaseSequencer } from 'vitest/node';
import { checkout } from '../setup/checkout.js';
import { seconds } from './seconds.js';

/**
 * The longest files first, as far as they are known; the others in vitest's own order, which on a clean clone
 * goes by their size. With `--sequence.shuffle.files` in an order that the seed determines.
 */
export class LongestFirst extends BaseSequencer {
  async sort(files) {
    const { shuffle, seed } = this.ctx.config.sequence;
    if (shuffle === true || shuffle?.files)
      return inOrderOf(files, ({ moduleId }) => hash(`${seed} ${moduleId}`));
    const usual = await super.sort(files);
    return inOrderOf(usual, ({ moduleId }) => -(seconds[relative(checkout, moduleId)] ?? 0));
  }
}

const inOrderOf = (files, key) => files.toSorted((one, other) => key(one) - key(other));

/** 48 bits. */
const hash = (text) => createHash('sha256').update(text).digest().readUIntBE(0, 6);
