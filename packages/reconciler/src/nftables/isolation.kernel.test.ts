import { silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  client4,
  client6,
  node4,
  type TestNode,
  type TestPod,
  testNode,
} from '../../test-support/node.js';
import { Reconciler } from '../reconciler.js';

let node: TestNode;
let alone: TestPod;
let others: readonly TestPod[];
let reconciler: Reconciler;

beforeAll(async () => {
  node = testNode();
  using netns = openNetns(node.host.path);
  enterNetns(netns);
  alone = node.pod(5);
  others = [node.pod(6), node.pod(7)];
  for (const pod of [alone, ...others]) await pod.host.listen(pod.link, 8080);
  await node.client.listen('elsewhere', 8080);
  node.client.exec('ip', 'route', 'add', '10.244.0.0/24', 'via', node4);
  node.client.exec('ip', '-6', 'route', 'add', 'fd10::/64', 'via', 'fd77::1');
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

beforeEach(async () => {
  reconciler = new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000 });
  for (const pod of others) await reconciler.set(pod.link, pod.state());
});
afterEach(async () => {
  for (const pod of [alone, ...others]) await reconciler.remove(pod.link);
  await reconciler[Symbol.asyncDispose]();
  node.host.exec('nft', 'flush', 'ruleset');
});

const tcp = (address: string, port = 8080) => ({ protocol: 'tcp', address, port }) as const;

it('parts a pod from the other pods of its node, in both directions and families', async () => {
  const [other] = others;
  if (!other) throw new TypeError('there are others');
  await reconciler.set(alone.link, alone.state());
  expect(await alone.host.ask(tcp(other.ip4))).toBe(`${other.link} sees ${alone.ip4}`);
  await reconciler.set(alone.link, alone.state({ isolations: [{ link: alone.link }] }));
  for (const address of [other.ip4, other.ip6]) {
    expect(await alone.host.ask(tcp(address))).toBe('nothing');
  }
  for (const address of [alone.ip4, alone.ip6]) {
    expect(await other.host.ask(tcp(address))).toBe('nothing');
  }
  await reconciler.set(alone.link, alone.state());
  expect(await alone.host.ask(tcp(other.ip4))).toBe(`${other.link} sees ${alone.ip4}`);
});

it('leaves traffic with other hosts and the node, and that of other pods, as it is', async () => {
  const [one, two] = others;
  if (!one || !two) throw new TypeError('there are others');
  await reconciler.set(alone.link, alone.state({ isolations: [{ link: alone.link }] }));
  expect(await alone.host.ask(tcp(client4))).toBe(`elsewhere sees ${alone.ip4}`);
  expect(await alone.host.ask(tcp(client6))).toBe(`elsewhere sees ${alone.ip6}`);
  expect(await node.client.ask(tcp(alone.ip4))).toBe(`${alone.link} sees ${client4}`);
  expect(await node.host.ask(tcp(alone.ip4))).toBe(`${alone.link} sees ${node4}`);
  expect(await one.host.ask(tcp(two.ip4))).toBe(`${two.link} sees ${one.ip4}`);
});

it('lets a pod reach itself through its host port, and no other', async () => {
  const [other] = others;
  if (!other) throw new TypeError('there are others');
  const isolations = [{ link: alone.link }];
  const portMappings = [alone.port(8000)];
  await reconciler.set(alone.link, alone.state({ isolations, portMappings }));
  await reconciler.set(other.link, other.state({ portMappings: [other.port(8001)] }));
  expect(await alone.host.ask(tcp(node4, 8000))).toBe(`${alone.link} sees ${node4}`);
  expect(await alone.host.ask(tcp(node4, 8001))).toBe('nothing');
  expect(await other.host.ask(tcp(node4, 8000))).toBe('nothing');
  expect(await node.client.ask(tcp(node4, 8000))).toBe(`${alone.link} sees ${client4}`);
});

it('spares the links of the overlay, whose names begin alike', async () => {
  node.host.exec('ip', 'link', 'set', 'eth0', 'down');
  node.host.exec('ip', 'link', 'set', 'eth0', 'name', 'poplin.vxlan');
  node.host.exec('ip', 'link', 'set', 'poplin.vxlan', 'up');
  try {
    await reconciler.set(alone.link, alone.state({ isolations: [{ link: alone.link }] }));
    expect(await node.client.ask(tcp(alone.ip4))).toBe(`${alone.link} sees ${client4}`);
  } finally {
    node.host.exec('ip', 'link', 'set', 'poplin.vxlan', 'down');
    node.host.exec('ip', 'link', 'set', 'poplin.vxlan', 'name', 'eth0');
    node.host.exec('ip', 'link', 'set', 'eth0', 'up');
  }
});
