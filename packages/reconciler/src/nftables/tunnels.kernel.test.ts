import { kernelState } from '@poplin/backend';
import { silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestHost } from '../../test-support/host.js';
import { client4, client6, node4, type TestNode, testNode } from '../../test-support/node.js';
import { Reconciler } from '../reconciler.js';

let node: TestNode;
let reconciler: Reconciler;

/** A second address of the node, which masquerading would never choose. */
const vtep = '192.168.7.77';
const inner = ['10.9.9.1', '10.9.9.2'] as const;

beforeAll(() => {
  node = testNode();
  using netns = openNetns(node.host.path);
  enterNetns(netns);
  node.host.exec('ip', 'address', 'add', `${vtep}/24`, 'dev', 'eth0');
  tunnel(node.host, vtep, client4, `${inner[0]}/30`);
  tunnel(node.client, client4, vtep, `${inner[1]}/30`);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});
beforeEach(() => {
  reconciler = new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000 });
});
afterEach(async () => {
  await reconciler[Symbol.asyncDispose]();
  for (const host of [node.host, node.client]) host.exec('nft', 'flush', 'ruleset');
  node.host.exec('conntrack', '-F');
});

/** A vxlan whose source ports are known, so that changed ones show. */
function tunnel(host: TestHost, local: string, remote: string, address: string): void {
  host.exec(
    ...(['ip', 'link', 'add', 'vx', 'type', 'vxlan', 'id', '7', 'dstport', '8472'] as const),
    ...['local', local, 'remote', remote, 'dev', 'eth0', 'srcport', '50000', '50010'],
  );
  host.exec('ip', 'address', 'add', address, 'dev', 'vx');
  host.exec('ip', 'link', 'set', 'vx', 'up');
}

/** Somebody else's NAT on the node: kube-proxy's and Docker's are of this kind. */
function masqueradeAll(how = 'masquerade'): void {
  node.host.exec(
    'nft',
    `table ip stranger { chain post { type nat hook postrouting priority srcnat; oifname "eth0" ${how}; }; }
     table ip6 stranger { chain post { type nat hook postrouting priority srcnat; oifname "eth0" ${how}; }; }`,
  );
}

/** Counts on the other host what comes of the tunnel as it was sent, and what comes otherwise. */
async function arrivals(): Promise<{ asSent: number; changed: number }> {
  node.client.exec(
    'nft',
    `table ip witness {
       counter as_sent { }; counter changed { };
       chain in { type filter hook prerouting priority -400;
         udp dport 8472 ip saddr ${vtep} udp sport 50000-50010 counter name as_sent accept
         udp dport 8472 counter name changed; }; }`,
  );
  node.host.exec('ping', '-n', '-c3', '-i0.05', '-W1', inner[1]);
  const count = (name: string): number =>
    Number(
      /packets (\d+)/.exec(node.client.exec('nft', 'list', 'counter', 'ip', 'witness', name))?.[1],
    );
  return { asSent: count('as_sent'), changed: count('changed') };
}

const tracked = (...filter: string[]): string => node.host.exec('conntrack', '-L', ...filter);

describe('the outer packets of a vxlan, where somebody masquerades all that leaves', () => {
  it('are changed as long as nobody says what they are', async () => {
    masqueradeAll();
    expect((await arrivals()).changed).toBeGreaterThan(0);
    expect(tracked('-p', 'udp', '--orig-port-dst', '8472')).toMatch(/dport=8472/);
  });

  it.each([
    'masquerade',
    'masquerade random',
    'masquerade fully-random',
    'meta l4proto udp masquerade to :60000-60100',
  ])('stay as they are: %s', async (how) => {
    masqueradeAll(how);
    await reconciler.set('vxlan', kernelState({ tunnels: [{ protocol: 'udp', port: 8472 }] }));
    node.host.exec('conntrack', '-F');
    const { asSent, changed } = await arrivals();
    expect(changed).toBe(0);
    expect(asSent).toBeGreaterThanOrEqual(3);
    expect(tracked('-p', 'udp', '--orig-port-dst', '8472')).toBe('');
    expect((await reconciler.look()).changed).toEqual([]);
  });
});

describe('protocols of tunnels', () => {
  const send = (to: string): void => {
    node.host.exec('sh', '-c', `echo outer | socat -u - ${to}`);
  };

  it('are not tracked over their own family, and those of others are', async () => {
    masqueradeAll();
    const tunnels = [{ protocol: 'ipip' }, { protocol: 'ip6ip6' }] as const;
    await reconciler.set('ipip', kernelState({ tunnels }));
    node.host.exec('conntrack', '-F');
    send(`IP4-SENDTO:${client4}:4`);
    send(`IP6-SENDTO:[${client6}]:41`);
    send(`IP4-SENDTO:${client4}:41`);
    const entries = [tracked(), tracked('-f', 'ipv6')].join('').split('\n').filter(Boolean);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatch(/^unknown +41 .*src=192\.168\.7\./);
    await reconciler.remove('ipip');
    send(`IP4-SENDTO:${client4}:4`);
    expect(tracked()).toMatch(/^unknown +4 /m);
  });
});

describe('tunnels of others', () => {
  it('that are routed through the node keep their NAT', async () => {
    const pod = node.pod(5);
    await reconciler.set('pod', pod.state({ tunnels: [{ protocol: 'udp', port: 8472 }] }));
    masqueradeAll();
    pod.host.exec('sh', '-c', `echo outer | socat -u - UDP4-SENDTO:${client4}:8472`);
    expect(tracked('-p', 'udp')).toMatch(new RegExp(`src=${pod.ip4} .*dst=${node4} `));
  });
});

it('change one by one, and nothing else does', async () => {
  const handles = (): string => node.host.exec('nft', '-a', 'list', 'chains', 'inet');
  const port = (number: number) => ({ protocol: 'udp', port: number }) as const;
  await reconciler.set('old', kernelState({ tunnels: [port(8472)] }));
  const before = handles();
  await reconciler.set('new', kernelState({ tunnels: [port(4789), { protocol: 'ipip' }] }));
  await reconciler.remove('old');
  expect(handles()).toBe(before);
  const listed = node.host.exec('nft', 'list', 'table', 'inet', 'poplin');
  expect(listed).toMatch(/elements = \{ 4789 \}/);
  expect(listed).toMatch(/elements = \{ (ipencap|4) \}/);
  expect(listed).not.toMatch(/8472/);
});
