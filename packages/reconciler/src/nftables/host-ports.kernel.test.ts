import { parseCidr, parseIp, silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  client4,
  client6,
  node4,
  node6,
  type TestNode,
  type TestPod,
  testNode,
} from '../../test-support/node.js';
import { Reconciler } from '../reconciler.js';

let node: TestNode;
let web: TestPod;
let shop: TestPod;
let reconciler: Reconciler;

/** Every file of this rung is a process of its own, which may move for good. */
beforeAll(async () => {
  node = testNode();
  using netns = openNetns(node.host.path);
  enterNetns(netns);
  web = node.pod(5);
  shop = node.pod(6);
  await web.host.listen('web', 8080);
  await shop.host.listen('shop', 8080);
  await node.client.listen('elsewhere', 8000);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

beforeEach(async () => {
  reconciler = new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000 });
  await reconciler.set('shop', shop.state());
});
afterEach(async () => {
  for (const owner of ['web', 'shop', 'thief', 'masquerade']) await reconciler.remove(owner);
  await reconciler[Symbol.asyncDispose]();
  node.host.exec('nft', 'flush', 'ruleset');
  node.host.exec('conntrack', '-F');
});

const tcp = (address: string, port = 8000) => ({ protocol: 'tcp', address, port }) as const;
const udp = (address: string, sourcePort?: number) =>
  ({ protocol: 'udp', address, port: 8000, ...(sourcePort && { sourcePort }) }) as const;

describe('a host port', () => {
  it('leads clients of other hosts to the pod, which sees their addresses', async () => {
    await reconciler.set('web', web.state({ portMappings: [web.port(8000)] }));
    expect(await node.client.ask(tcp(node4))).toBe(`web sees ${client4}`);
  });

  it('is reached from the node by its address and by 127.0.0.1', async () => {
    await reconciler.set('web', web.state({ portMappings: [web.port(8000)] }));
    expect(await node.host.ask(tcp(node4))).toBe(`web sees ${node4}`);
    expect(await node.host.ask(tcp('127.0.0.1'))).toBe(`web sees ${node4}`);
    expect(await node.host.ask(tcp('127.0.0.9'))).toBe(`web sees ${node4}`);
  });

  it('is reached from another pod, whose address is kept, and from the pod itself', async () => {
    await reconciler.set('web', web.state({ portMappings: [web.port(8000)] }));
    expect(await shop.host.ask(tcp(node4))).toBe(`web sees ${shop.ip4}`);
    expect(await web.host.ask(tcp(node4))).toBe(`web sees ${node4}`);
  });

  it('is reached by IPv6 in all these ways', async () => {
    await reconciler.set('web', web.state({ portMappings: [web.port(8000, { ip: web.ip6 })] }));
    expect(await node.client.ask(tcp(node6))).toBe(`web sees ${client6}`);
    expect(await node.host.ask(tcp(node6))).toBe(`web sees ${node6}`);
    expect(await shop.host.ask(tcp(node6))).toBe(`web sees ${shop.ip6}`);
    expect(await web.host.ask(tcp(node6))).toBe(`web sees ${node6}`);
    expect(await node.client.ask(tcp(node4))).toBe('nothing');
  });

  it('leaves [::1] to who listens there, as the kernel lets no answer to it in', async () => {
    await reconciler.set('web', web.state({ portMappings: [web.port(8001, { ip: web.ip6 })] }));
    await node.host.listen('local', 8001, '::1');
    expect(await node.host.ask(tcp('::1', 8001))).toBe('local sees ::1');
    expect(await node.host.ask(tcp(node6, 8001))).toBe(`web sees ${node6}`);
  });

  it('is one for TCP and another for UDP', async () => {
    const portMappings = [web.port(8000), shop.port(8000, { protocol: 'udp' })];
    await reconciler.set('web', web.state({ portMappings }));
    expect(await node.client.ask(tcp(node4))).toBe(`web sees ${client4}`);
    expect(await node.client.ask(udp(node4))).toBe(`shop sees ${client4}`);
    expect(await node.host.ask(udp('127.0.0.1'))).toBe('nothing');
  });

  it('of one address is not that of others', async () => {
    const other = parseIp('192.168.7.77');
    node.host.exec('ip', 'address', 'add', `${other}/32`, 'dev', 'lo');
    node.client.exec('ip', 'route', 'add', other, 'via', node4);
    try {
      const portMappings = [web.port(8000, { hostIp: node4 }), shop.port(8000, { hostIp: other })];
      await reconciler.set('web', web.state({ portMappings }));
      expect(await node.client.ask(tcp(node4))).toBe(`web sees ${client4}`);
      expect(await node.client.ask(tcp(other))).toBe(`shop sees ${client4}`);
      expect(await node.host.ask(tcp('127.0.0.1'))).toBe('nothing');
    } finally {
      node.host.exec('ip', 'address', 'delete', `${other}/32`, 'dev', 'lo');
      node.client.exec('ip', 'route', 'delete', other);
    }
  });

  it('leaves alone what is only forwarded to the same port', async () => {
    await reconciler.set('web', web.state({ portMappings: [web.port(8000)] }));
    node.client.exec('ip', 'route', 'add', '10.244.0.0/24', 'via', node4);
    try {
      expect(await shop.host.ask(tcp(client4))).toBe(`elsewhere sees ${shop.ip4}`);
      expect(await node.host.ask(tcp(client4))).toBe(`elsewhere sees ${node4}`);
    } finally {
      node.client.exec('ip', 'route', 'delete', '10.244.0.0/24');
    }
  });

  it('goes with its owner', async () => {
    await reconciler.set('web', web.state({ portMappings: [web.port(8000)] }));
    await reconciler.set('web', web.state());
    expect(await node.client.ask(tcp(node4))).toBe('nothing');
  });
});

describe('a UDP flow', () => {
  it('follows the port to another pod, to none, and to one that appears', async () => {
    const mapping = (pod: TestPod) => pod.port(8000, { protocol: 'udp' });
    await reconciler.set('web', web.state({ portMappings: [mapping(web)] }));
    expect(await node.client.ask(udp(node4, 4711))).toBe(`web sees ${client4}`);
    await reconciler.set('web', web.state({ portMappings: [mapping(shop)] }));
    expect(await node.client.ask(udp(node4, 4711))).toBe(`shop sees ${client4}`);
    await reconciler.set('web', web.state());
    expect(await node.client.ask(udp(node4, 4711))).toBe('nothing');
    await reconciler.set('web', web.state({ portMappings: [mapping(web)] }));
    expect(await node.client.ask(udp(node4, 4711))).toBe(`web sees ${client4}`);
  });

  it('that began while the table was away follows the port when it is back', async () => {
    const portMappings = [web.port(8000, { protocol: 'udp' })];
    await reconciler.set('web', web.state({ portMappings }));
    await reconciler[Symbol.asyncDispose]();
    // The kernel tracks connections as long as anybody's rule asks for it.
    node.host.exec(
      'nft',
      'add table ip t; add chain ip t c { type filter hook input priority 0; }',
    );
    node.host.exec('nft', 'add', 'rule', 'ip', 't', 'c', 'ct', 'state', 'new', 'counter');
    node.host.exec('nft', 'delete', 'table', 'inet', 'poplin');
    expect(await node.client.ask(udp(node4, 4713))).toBe('nothing');
    const entry = () => node.host.exec('conntrack', '-L', '-p', 'udp', '--orig-port-src', '4713');
    expect(entry()).toMatch(new RegExp(`src=${node4} dst=${client4} sport=8000`));
    reconciler = new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000 });
    await reconciler.adopt(new Map([['web', web.state({ portMappings })]]));
    expect(entry()).toBe('');
    expect(await node.client.ask(udp(node4, 4713))).toBe(`web sees ${client4}`);
    expect(entry()).toMatch(new RegExp(`src=${web.ip4} dst=${client4} sport=8080`));
  });

  it('that is led right is not disturbed when another port of the table changes', async () => {
    const portMappings = [web.port(8000, { protocol: 'udp' })];
    await reconciler.set('web', web.state({ portMappings }));
    await node.client.ask(udp(node4, 4714));
    const id = () =>
      /id=\d+/.exec(
        node.host.exec('conntrack', '-L', '-o', 'id', '-p', 'udp', '--orig-port-src', '4714'),
      )?.[0];
    const before = id();
    expect(before).toBeDefined();
    await reconciler.set(
      'shop',
      shop.state({ portMappings: [shop.port(8001, { protocol: 'udp' })] }),
    );
    expect(id()).toBe(before);
    // Made anew as a whole.
    node.host.exec('nft', 'flush', 'chain', 'inet', 'poplin', 'prerouting');
    await reconciler.look();
    expect(node.host.exec('nft', 'list', 'chain', 'inet', 'poplin', 'prerouting')).toMatch(
      /jump host_ports/,
    );
    expect(id()).toBe(before);
  });

  it('to the same port of another host is remembered', async () => {
    node.client.exec('ip', 'route', 'add', '10.244.0.0/24', 'via', node4);
    try {
      await reconciler.set('web', web.state({ portMappings: [web.port(9000)] }));
      await shop.host.ask(udp(client4, 4712));
      const entry = () => node.host.exec('conntrack', '-L', '-p', 'udp', '--orig-dst', client4);
      expect(entry()).toMatch(/sport=4712 dport=8000/);
      const portMappings = [web.port(8000, { protocol: 'udp' })];
      await reconciler.set('web', web.state({ portMappings }));
      expect(entry()).toMatch(/sport=4712 dport=8000/);
    } finally {
      node.client.exec('ip', 'route', 'delete', '10.244.0.0/24');
    }
  });
});

describe('the loopback guard', () => {
  it('drops what a pod sends to 127.0.0.1 of the node', async () => {
    await node.host.listen('secret', 9999, '127.0.0.1');
    const thief = node.pod(7);
    // Whoever is root in a pod can send what it likes.
    thief.host.exec('ip', 'address', 'flush', 'dev', 'lo');
    thief.host.exec('ip', 'link', 'set', 'lo', 'down');
    thief.host.exec('sysctl', '-qw', 'net.ipv4.conf.eth0.route_localnet=1');
    const wayOut = ['via', '169.254.1.1', 'dev', 'eth0', 'onlink', 'src', thief.ip4];
    thief.host.exec('ip', 'route', 'add', '127.0.0.1', ...wayOut);
    await reconciler.set('thief', thief.state());
    node.host.exec('sysctl', '-qw', `net.ipv4.conf.${thief.link}.route_localnet=1`);
    expect(await thief.host.ask(tcp('127.0.0.1', 9999))).toBe(`secret sees ${thief.ip4}`);
    const loopbackRoutes = [{ link: thief.link }];
    const portMappings = [thief.port(8000)];
    await reconciler.set('thief', thief.state({ portMappings, loopbackRoutes }));
    expect(await thief.host.ask(tcp('127.0.0.1', 9999))).toBe('nothing');
  });

  it('stands wherever 127.0.0.0/8 may be routed over a pod link, and that ends with the wish', async () => {
    const routed = () =>
      node.host.exec('sysctl', '-n', `net.ipv4.conf.${web.link}.route_localnet`).trim();
    await reconciler.set('web', web.state({ loopbackRoutes: [{ link: web.link }] }));
    expect(routed()).toBe('1');
    expect(node.host.exec('nft', 'list', 'chain', 'inet', 'poplin', 'loopback_guard')).toMatch(
      /ip daddr 127\.0\.0\.0\/8 iifname @loopback_routes drop/,
    );
    expect(node.host.exec('nft', 'list', 'set', 'inet', 'poplin', 'loopback_routes')).toMatch(
      web.link,
    );
    node.host.exec('sysctl', '-qw', `net.ipv4.conf.${web.link}.route_localnet=0`);
    await reconciler.look();
    expect(routed()).toBe('1');
    await reconciler.set('web', web.state());
    expect(routed()).toBe('0');
  });

  it('leaves the routing of 127.0.0.0/8 to who else asked for it on a pod link', async () => {
    await reconciler.set('web', web.state());
    const setting = `net.ipv4.conf.${web.link}.route_localnet`;
    node.host.exec('sysctl', '-qw', `${setting}=1`);
    try {
      reconciler.allowPruning();
      await reconciler.look();
      expect(node.host.exec('sysctl', '-n', setting).trim()).toBe('1');
    } finally {
      node.host.exec('sysctl', '-qw', `${setting}=0`);
    }
  });
});

describe('masquerading', () => {
  it('spares a pod towards the destinations that see its address', async () => {
    node.client.exec('ip', 'route', 'add', '10.244.0.0/24', 'via', node4);
    try {
      const masquerade = [{ role: 'source', cidr: parseCidr('10.244.0.0/16') } as const];
      const plainSources = [{ source: web.ip4, dst: parseCidr('192.168.0.0/16') }];
      await reconciler.set('masquerade', { ...web.state(), masquerade, plainSources });
      expect(await web.host.ask(tcp(client4))).toBe(`elsewhere sees ${web.ip4}`);
      expect(await shop.host.ask(tcp(client4))).toBe(`elsewhere sees ${node4}`);
    } finally {
      node.client.exec('ip', 'route', 'delete', '10.244.0.0/24');
    }
  });
});
