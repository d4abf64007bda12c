import { once } from 'node:events';
import type { Socket } from 'node:net';
import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { wire } from '../../test-support/wire.js';
import { connectTcp } from '../sockets/connect.js';
import { listenTcp } from '../sockets/listen.js';
import * as nft from './builder.js';
import { openNftables } from './nftables.js';
import type { NftBaseChain, NftCommand, NftStatement } from './types.js';

const table = { family: 'inet', name: 'shop' } as const;
const inTable = { family: 'inet', table: 'shop' } as const;

const rule = (chain: string, ...expr: NftStatement[]): NftCommand => ({
  add: { rule: { ...inTable, chain, expr } },
});
type Base = Omit<NftBaseChain, 'family' | 'table' | 'name'>;
const chain = (name: string, base?: Base): NftCommand => ({
  add: { chain: base ? { ...inTable, name, ...base } : { ...inTable, name } },
});
const tcpPort = nft.payload('tcp', 'dport');

describe('the builder of rulesets', () => {
  it('keeps maps and sets by name, and changes their elements alone', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const ports = { ...inTable, name: 'ports' };
    await nftables.run([
      ...nft.emptyTable(table),
      chain('web'),
      {
        add: {
          map: { ...ports, type: 'inet_service', map: 'verdict', elem: [[80, nft.jump('web')]] },
        },
      },
      {
        add: {
          set: {
            ...inTable,
            name: 'seen',
            type: ['ipv4_addr', 'inet_service'],
            flags: ['timeout'],
            timeout: 60,
          },
        },
      },
      chain('in', { type: 'filter', hook: 'input', prio: 0, policy: 'drop' }),
      rule('in', nft.verdictMap(tcpPort, '@ports')),
    ]);
    await nftables.run([{ add: { element: { ...ports, elem: [[443, nft.accept]] } } }]);
    const text = host.exec('nft', 'list', 'ruleset');
    expect(text).toContain('elements = { 80 : jump web, 443 : accept }');
    expect(text).toContain('type ipv4_addr . inet_service');
    expect(text).toContain('tcp dport vmap @ports');
    await nftables.run([{ delete: { element: { ...ports, elem: [[80, nft.jump('web')]] } } }]);
    expect(host.exec('nft', 'list', 'ruleset')).toContain('elements = { 443 : accept }');
  });

  it('sends packets where it says: DNAT and masquerading between two hosts', async () => {
    using client = throwawayNamespace();
    using server = throwawayNamespace();
    wire(client, server);
    client.exec('ip', 'address', 'add', '10.99.0.1/32', 'dev', 'lo');
    client.exec('ip', 'route', 'add', '203.0.113.0/24', 'via', '192.0.2.2');
    using nftables = openNftables({ netns: client.netns });
    const service = parseIp('203.0.113.80');
    await nftables.run([
      ...nft.emptyTable(table),
      chain('out', { type: 'nat', hook: 'output', prio: -100 }),
      chain('post', { type: 'nat', hook: 'postrouting', prio: 100 }),
      rule(
        'out',
        nft.match(nft.destinationAddress('ipv4'), '==', service),
        nft.match(tcpPort, '==', 80),
        nft.dnat({ family: 'ipv4', address: parseIp('192.0.2.2'), port: 8080 }),
      ),
      rule(
        'post',
        nft.match(nft.sourceAddress('ipv4'), '==', nft.prefix(parseCidr('10.99.0.0/16'))),
        nft.masquerade(),
      ),
    ]);
    await using listener = await listenTcp({
      netns: server.netns,
      local: { address: parseIp('192.0.2.2'), port: 8080 },
    });
    const accepted = once(listener.server, 'connection') as Promise<[Socket]>;
    const socket = await connectTcp({
      netns: client.netns,
      remote: { address: service, port: 80 },
      local: { address: parseIp('10.99.0.1') },
    });
    const [peer] = await accepted;
    expect(peer.remoteAddress).toBe('192.0.2.1');
    expect(socket.remoteAddress).toBe('203.0.113.80');
    peer.destroy();
    socket.destroy();
  });
});
