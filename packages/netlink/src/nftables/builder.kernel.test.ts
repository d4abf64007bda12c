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
  it('says what nft then reads, statement by statement', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const cases: [expected: string, ...NftStatement[]][] = [
      [
        'tcp dport { 22, 8000-8999 } accept',
        nft.match(tcpPort, '==', nft.anonymousSet([22, nft.range(8000, 8999)])),
        nft.accept,
      ],
      [
        'ct state established,related accept',
        nft.match(nft.ct('state'), 'in', ['established', 'related']),
        nft.accept,
      ],
      [
        'ct original ip daddr 192.0.2.1 drop',
        nft.match(nft.ctTuple('original', 'daddr', 'ipv4'), '==', '192.0.2.1'),
        nft.drop,
      ],
      ['meta mark set 0x0000002a', nft.mangle(nft.meta('mark'), 42)],
      ['ct mark set meta mark', nft.mangle(nft.ct('mark'), nft.meta('mark'))],
      [
        'limit rate 10/second burst 7 packets log prefix "many: " counter packets 0 bytes 0',
        nft.limit(10, 'second', 7),
        nft.log('many: '),
        nft.counter,
      ],
      ['iifname "eth0" jump side', nft.match(nft.meta('iifname'), '==', 'eth0'), nft.jump('side')],
      [
        'oifname != "eth0" goto side',
        nft.match(nft.meta('oifname'), '!=', 'eth0'),
        nft.goto('side'),
      ],
      [
        'meta l4proto tcp reject with tcp reset',
        nft.match(nft.meta('l4proto'), '==', 'tcp'),
        nft.reject('tcp reset'),
      ],
      ['reject with icmpx admin-prohibited', nft.reject('admin-prohibited')],
      [
        'icmpv6 type echo-request return',
        nft.match(nft.payload('icmpv6', 'type'), '==', 'echo-request'),
        nft.returnVerdict,
      ],
      [
        'ip daddr . tcp dport { 192.0.2.1 . 80 } accept',
        nft.match(
          nft.concat(nft.destinationAddress('ipv4'), tcpPort),
          '==',
          nft.anonymousSet([nft.concat('192.0.2.1', 80)]),
        ),
        nft.accept,
      ],
      [
        'tcp dport vmap { 80 : accept, 443 : jump side }',
        nft.verdictMap(tcpPort, [
          [80, nft.accept],
          [443, nft.jump('side')],
        ]),
      ],
    ];
    await nftables.run([
      ...nft.emptyTable(table),
      chain('side'),
      chain('main', { type: 'filter', hook: 'forward', prio: 0, policy: 'accept' }),
      ...cases.map(([, ...statements]) => rule('main', ...statements)),
    ]);
    const lines = host
      .exec('nft', 'list', 'chain', 'inet', 'shop', 'main')
      .split('\n')
      .map((line) => line.trim());
    expect(lines.slice(3, 3 + cases.length)).toEqual(cases.map(([expected]) => expected));
  });

  it('makes NAT by addresses, ports, maps and flags', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    const service = nft.lookup(nft.payload('th', 'dport'), [
      [8080, '10.0.0.1'],
      [8081, '10.0.0.2'],
    ]);
    await nftables.run([
      ...nft.emptyTable(table),
      chain('pre', { type: 'nat', hook: 'prerouting', prio: -100 }),
      chain('post', { type: 'nat', hook: 'postrouting', prio: 100 }),
      rule(
        'pre',
        nft.match(tcpPort, '==', 80),
        nft.dnat({ family: 'ipv4', address: parseIp('10.0.0.9'), port: 8080 }),
      ),
      rule(
        'pre',
        nft.match(nft.meta('l4proto'), '==', 'tcp'),
        nft.dnat({ family: 'ipv4', address: service }),
      ),
      rule('pre', nft.match(tcpPort, '==', 53), nft.redirect(5353)),
      rule(
        'post',
        nft.snat({ family: 'ipv6', address: parseIp('2001:db8::1'), flags: ['persistent'] }),
      ),
      rule('post', nft.masquerade('random')),
    ]);
    const text = host.exec('nft', 'list', 'ruleset');
    for (const line of [
      'tcp dport 80 dnat ip to 10.0.0.9:8080',
      'dnat ip to tcp dport map { 8080 : 10.0.0.1, 8081 : 10.0.0.2 }',
      'tcp dport 53 redirect to :5353',
      'snat ip6 to 2001:db8::1 persistent',
      'masquerade random',
    ]) {
      expect(text).toContain(line);
    }
  });

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

  it('replaces and deletes a rule by its handle', async () => {
    using host = throwawayNamespace();
    using nftables = openNftables({ netns: host.netns });
    await nftables.run([...nft.emptyTable(table), chain('side'), rule('side', nft.accept)]);
    const found = (await nftables.list(table))?.find((object) => 'rule' in object);
    const handle = found && 'rule' in found ? (found.rule as { handle: number }).handle : 0;
    const same = { ...inTable, chain: 'side', handle };
    await nftables.run([{ replace: { rule: { ...same, expr: [nft.drop] } } }]);
    expect(host.exec('nft', 'list', 'ruleset')).toContain('drop');
    await nftables.run([{ delete: { rule: same } }]);
    expect(host.exec('nft', 'list', 'ruleset')).not.toContain('drop');
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
