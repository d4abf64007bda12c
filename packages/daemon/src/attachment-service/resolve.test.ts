import { describe, expect, it } from 'vitest';
import { keyText } from '../attachment/identity.js';
import { resolveAttachment } from './resolve.js';

const there = [
  { containerId: 'c0ffee01', ifname: 'eth0' },
  { containerId: 'c0ffee01', ifname: 'net1' },
  { containerId: 'c0ffee02', ifname: 'eth0' },
  { containerId: 'beef', ifname: 'eth0' },
  { containerId: 'beef77', ifname: 'eth0' },
];
const resolve = (containerId: string, ifname = '') =>
  keyText(resolveAttachment(there, { containerId, ifname }));

describe('an attachment', () => {
  it('is found by the beginning of its container id', () => {
    expect(resolve('c0ffee02')).toBe('c0ffee02/eth0');
    expect(resolve('beef7')).toBe('beef77/eth0');
    expect(resolve('c0', 'net1')).toBe('c0ffee01/net1');
  });

  it('is found by its whole id, although another one begins with that', () => {
    expect(resolve('beef')).toBe('beef/eth0');
  });

  it.each([
    ['c0ffee01', '', '2 attachments fit c0ffee01: c0ffee01/eth0, c0ffee01/net1', 'interface'],
    ['c0', 'eth0', '2 attachments fit c0: c0ffee01/eth0, c0ffee02/eth0', 'digits'],
    ['bee', '', '2 attachments fit bee: beef/eth0, beef77/eth0', 'digits'],
  ])('is asked for again where %s %s fits several', (containerId, ifname, message, remedy) => {
    expect(() => resolve(containerId, ifname)).toThrow(
      expect.objectContaining({
        code: 'ATTACHMENT_AMBIGUOUS',
        message,
        remedy: expect.stringContaining(remedy),
      }),
    );
  });

  it('is not there: the error says of whom nothing is, or what else there is', () => {
    const missing = (message: string) =>
      expect.objectContaining({ code: 'ATTACHMENT_NOT_FOUND', message });
    expect(() => resolve('dead')).toThrow(
      missing('this node has no attachment of a container dead'),
    );
    expect(() => resolve('beef77', 'net1')).toThrow(
      missing('container beef77 has no interface net1 here, but beef77/eth0'),
    );
  });

  it('is not everybody: an empty id is refused', () => {
    expect(() => resolve('')).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });

  it('is asked for with a few candidates where very many fit', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ containerId: `c${i}`, ifname: 'eth0' }));
    expect(() => resolveAttachment(many, { containerId: 'c', ifname: '' })).toThrow(
      /^20 attachments fit c: (c\d+\/eth0, ){7}c\d+\/eth0 and 12 more$/,
    );
  });
});
