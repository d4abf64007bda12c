import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { deadLinkName, hostLinkName } from './identity.js';

it('names the host end after the SHA-1 of container id and interface, as every version has', () => {
  const input = 'c0ffee/eth0';
  const told = execFileSync('sha1sum', { input, encoding: 'utf8' });
  const name = hostLinkName({ containerId: 'c0ffee', ifname: 'eth0' });
  expect(name).toBe(`pop${told.slice(0, 11)}`);
});

it('gives no dead link the name of a live one', () => {
  expect(deadLinkName()).toMatch(/^popx[0-9a-f]{11}$/);
});
