import { expect, it } from 'vitest';
import { needsRestart } from './in-force.js';

it.each(['attach.mode', 'attach.bridge', 'ipam.coolDownSeconds'])(
  'takes a new %s at the next start',
  (path) => {
    expect(needsRestart(path)).toBe(true);
  },
);

it.each([
  'backend.type',
  'backend.options.x',
  'attach.mtu',
  'attach.hairpin',
  'attach.isolation',
  'masquerade.enabled',
  'pools[0].cidr',
])('takes a new %s at once', (path) => {
  expect(needsRestart(path)).toBe(false);
});
