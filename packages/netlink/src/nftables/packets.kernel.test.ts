import { spawn } from 'node:child_process';
import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import {
  eventually,
  type ThrowawayNamespace,
  throwawayNamespace,
} from '../../test-support/throwaway-namespaces.js';
import { client4, server4, wire } from '../../test-support/wire.js';
import * as nft from './builder.js';
import { openNftables } from './nftables.js';

const shop = { family: 'inet', name: 'shop' } as const;

/** A server that tells each client which address and port it sees; ended with `using`. */
function echoServer(host: ThrowawayNamespace, port: number): Disposable {
  const shell = 'SYSTEM:echo $SOCAT_PEERADDR at $SOCAT_SOCKPORT';
  const listen = `TCP-LISTEN:${port},fork,reuseaddr`;
  const socat = spawn('ip', ['netns', 'exec', host.name, 'socat', listen, shell], {
    stdio: 'ignore',
  });
  return { [Symbol.dispose]: () => void socat.kill() };
}

/** What a client of the server is told; nothing when it cannot reach it. */
function ask(client: ThrowawayNamespace, address: string, port: number, local?: string): string {
  const bind = local ? `,bind=${local}` : '';
  const script = `socat -T2 - TCP:${address}:${port},connect-timeout=2${bind} </dev/null 2>&1 || true`;
  return client.exec('sh', '-c', script).trim();
}

async function started(host: ThrowawayNamespace, port: number): Promise<void> {
  await eventually(`listening on ${port}`, () => host.exec('ss', '-Hltn').includes(`:${port} `));
}

describe('packets', () => {
  it('leave with the address of the link where they are masqueraded', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    wire(client, server);
    client.exec('ip', 'address', 'add', '10.99.0.1/32', 'dev', 'lo');
    using _server = echoServer(server, 8080);
    await started(server, 8080);
    using nftables = openNftables({ netns: client.netns });
    const source = nft.match(
      nft.sourceAddress('ipv4'),
      '==',
      nft.prefix(parseCidr('10.99.0.0/16')),
    );
    await nftables.run(
      nft.replaceTable({
        ...shop,
        chains: [
          {
            name: 'post',
            type: 'nat',
            hook: 'postrouting',
            prio: nft.priorities.srcnat,
            rules: [[source, nft.counter, nft.masquerade('fully-random')]],
          },
        ],
      }),
    );
    expect(ask(client, server4, 8080, '10.99.0.1')).toBe(`${client4} at 8080`);
    expect(client.exec('nft', 'list', 'ruleset')).toMatch(/counter packets 1 bytes \d+ masquerade/);
  });

  it('are shared out among backends by DNAT through a map and a number generator', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    wire(client, server);
    server.exec('ip', 'address', 'add', '192.0.2.3/32', 'dev', 'lo');
    using _first = echoServer(server, 8080);
    await started(server, 8080);
    using nftables = openNftables({ netns: client.netns });
    const service = nft.match(nft.destinationAddress('ipv4'), '==', '203.0.113.80');
    const backends = nft.lookup(nft.numgen('inc', 2), [
      [0, server4],
      [1, '192.0.2.3'],
    ]);
    client.exec('ip', 'route', 'add', '203.0.113.0/24', 'via', server4);
    client.exec('ip', 'route', 'add', '192.0.2.3/32', 'via', server4);
    await nftables.run(
      nft.replaceTable({
        ...shop,
        chains: [
          {
            name: 'out',
            type: 'nat',
            hook: 'output',
            prio: nft.priorities.dstnat,
            rules: [
              [
                service,
                nft.match(nft.payload('tcp', 'dport'), '==', 80),
                nft.dnat({ family: 'ipv4', address: backends, port: 8080 }),
              ],
            ],
          },
        ],
      }),
    );
    for (let i = 0; i < 4; i++) {
      expect(ask(client, '203.0.113.80', 80)).toBe(`${client4} at 8080`);
    }
    const replies = client.exec('sh', '-c', 'conntrack -L -d 203.0.113.80 2>/dev/null');
    expect(replies.match(/src=192\.0\.2\.2 dst=192\.0\.2\.1 sport=8080/g)).toHaveLength(2);
    expect(replies.match(/src=192\.0\.2\.3 dst=192\.0\.2\.1 sport=8080/g)).toHaveLength(2);
  });

  it('meet the fate that a verdict map has for them, and another when it changes', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    wire(client, server);
    using nftables = openNftables({ netns: server.netns });
    const fates = { family: 'inet', table: 'shop', name: 'fates' } as const;
    await nftables.run(
      nft.replaceTable({
        ...shop,
        maps: [
          {
            name: 'fates',
            type: 'ipv4_addr',
            map: 'verdict',
            flags: ['interval'],
            elem: [[nft.prefix(parseCidr('192.0.2.0/24')), nft.jump('pings')]],
          },
        ],
        chains: [
          {
            name: 'pings',
            rules: [[nft.match(nft.payload('icmp', 'type'), '==', 'echo-request'), nft.drop]],
          },
          {
            name: 'in',
            type: 'filter',
            hook: 'input',
            prio: nft.priorities.filter,
            rules: [[nft.verdictMap(nft.sourceAddress('ipv4'), '@fates')]],
          },
        ],
      }),
    );
    const ping = (): string =>
      client.exec('sh', '-c', `ping -c1 -W1 ${server4} | grep -o '. received'`).trim();
    expect(ping()).toBe('0 received');
    const elem = [[nft.prefix(parseCidr('192.0.2.0/24')), nft.jump('pings')]] as const;
    await nftables.run([{ delete: { element: { ...fates, elem } } }]);
    expect(ping()).toBe('1 received');
  });
});
