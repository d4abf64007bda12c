import { kernelState } from '@poplin/backend';
import { parseCidr, parseIp, silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestHost, testHost } from '../../test-support/host.js';
import { node4, type TestNode, testNode } from '../../test-support/node.js';
import { Reconciler } from '../reconciler.js';

let node: TestNode;
let pods: readonly TestHost[];

/** Attach mode `bridge`: the pods share a segment, the bridge has no address, and its MAC is that of their gateway. */
beforeAll(async () => {
  node = testNode();
  using netns = openNetns(node.host.path);
  enterNetns(netns);
  const mac = '0a:58:a9:fe:01:01';
  node.host.exec('ip', 'link', 'add', 'poplin0', 'type', 'bridge');
  node.host.exec('ip', 'link', 'set', 'poplin0', 'address', mac, 'up');
  node.host.exec('ip', 'route', 'add', '10.244.0.0/26', 'dev', 'poplin0', 'src', node4);
  pods = [5, 6].map((number) => {
    const pod = testHost(`bridged${number}`);
    const far = ['peer', 'name', 'eth0', 'netns', pod.path.replace('/run/netns/', '')];
    node.host.exec('ip', 'link', 'add', `pop${number}`, 'type', 'veth', ...far);
    node.host.exec('ip', 'link', 'set', `pop${number}`, 'master', 'poplin0', 'up');
    // Where the kernel has br_netfilter, DNAT turns a packet round in the bridge itself.
    node.host.exec('bridge', 'link', 'set', 'dev', `pop${number}`, 'hairpin', 'on');
    pod.exec('ip', 'link', 'set', 'eth0', 'up');
    pod.exec('ip', 'address', 'add', `10.244.0.${number}/26`, 'dev', 'eth0');
    pod.exec('ip', 'neighbour', 'add', '169.254.1.1', 'lladdr', mac, 'dev', 'eth0');
    pod.exec('ip', 'route', 'add', 'default', 'via', '169.254.1.1', 'dev', 'eth0', 'onlink');
    return pod;
  });
});
afterAll(async () => {
  for (const pod of pods) await pod[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

it('leads pods of the segment of a bridge through the node, also back', async () => {
  const [web, shop] = pods;
  if (!web || !shop) throw new TypeError('there are two pods');
  await web.listen('web', 8080);
  await using reconciler = new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} } });
  const mapping = {
    hostPort: 8000,
    ip: parseIp('10.244.0.5'),
    port: 8080,
    hairpin: parseCidr('10.244.0.0/26'),
  };
  await reconciler.set(
    'web',
    kernelState({
      portMappings: [
        { ...mapping, protocol: 'tcp' },
        { ...mapping, protocol: 'udp' },
      ],
      loopbackRoutes: [{ link: 'poplin0' }],
    }),
  );
  for (const protocol of ['tcp', 'udp'] as const) {
    const ask = (host: TestHost, address: string) => host.ask({ protocol, address, port: 8000 });
    expect(await ask(shop, node4)).toBe(`web sees ${node4}`);
    expect(await ask(web, node4)).toBe(`web sees ${node4}`);
    expect(await ask(node.host, '127.0.0.1')).toBe(`web sees ${node4}`);
    expect(await ask(node.client, node4)).toBe('web sees 192.168.7.2');
  }
});
