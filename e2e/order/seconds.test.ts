import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inCheckout } from '../setup/checkout.js';
import { seconds } from './seconds.js';

it('names files that exist', () => {
  const files = Object.keys(seconds);
  expect(files.filter((file) => !existsSync(inCheckout(file)))).toEqual([]);
});
