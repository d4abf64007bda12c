import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { parseIp } from '@poplin/net';
import { openNetns } from '@poplin/netlink';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeUdp } from './udp-probe.js';

const namespace = `pt${randomBytes(3).toString('hex')}-probe`;
const ip = (args: string) => execFileSync('ip', ['-n', namespace, ...args.split(' ')]);

const path = {
  peer: 'n2',
  family: 'ipv4',
  link: 'eth0',
  tunnel: false,
  local: parseIp('192.0.2.1'),
  remote: parseIp('192.0.2.2'),
  mtu: 1500,
} as const;

describe('a question by UDP', () => {
  beforeEach(() => {
    execFileSync('ip', ['netns', 'add', namespace]);
    ip('link add eth0 type veth peer name wire');
    ip('address add 192.0.2.1/24 dev eth0');
  });
  afterEach(() => execFileSync('ip', ['netns', 'del', namespace]));

  const ask = async () => {
    using netns = openNetns(`/run/netns/${namespace}`);
    const signal = new AbortController().signal;
    return await probeUdp(path, 1500, { port: 8473, timeout: 200, signal, netns });
  };

  it('is impossible while the link is down, and harms nobody', async () => {
    expect(await ask()).toBe('impossible');
  });

  it('is impossible from an address that the node has no more', async () => {
    ip('address del 192.0.2.1/24 dev eth0');
    expect(await ask()).toBe('impossible');
  });

  it('is silent where nobody answers', async () => {
    ip('link set wire up');
    ip('link set eth0 up');
    ip('neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent');
    expect(await ask()).toBe('silent');
  });
});
