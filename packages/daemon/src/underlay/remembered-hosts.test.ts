import { parseIp } from '@poplin/net';
import { expect, it, vi } from 'vitest';
import { rememberHosts } from './remembered-hosts.js';

it('asks for a name until there is an answer, then never again', async () => {
  const ip = parseIp('192.168.7.250');
  const resolve = vi
    .fn<() => Promise<(typeof ip)[]>>()
    .mockRejectedValueOnce(new Error('no name server'))
    .mockResolvedValueOnce([])
    .mockResolvedValueOnce([ip]);
  const remembering = rememberHosts(resolve);
  await expect(remembering('etcd.example')).rejects.toThrow('no name server');
  expect(await remembering('etcd.example')).toEqual([]);
  expect(await remembering('etcd.example')).toEqual([ip]);
  expect(await remembering('etcd.example')).toEqual([ip]);
  expect(resolve).toHaveBeenCalledTimes(3);
});
