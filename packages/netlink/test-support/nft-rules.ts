import { parseCidr } from '@poplin/net';
import * as nft from '../src/nftables/builder.js';
import type { NftStatement } from '../src/nftables/types.js';

/** A rule as `nft list` writes it, and the statements that it is made of. */
export type NftRuleCase = readonly [text: string, ...statements: NftStatement[]];

const dport = nft.payload('tcp', 'dport');
const tcp = nft.match(nft.meta('l4proto'), '==', 'tcp');
const mark = nft.meta('mark');

/** Rules for a chain of the type `filter` at `prerouting` in a table of the family `inet` with the chain `side`. */
export const filterRules: readonly NftRuleCase[] = [
  [
    'tcp dport { 22, 8000-8999 } accept',
    nft.match(dport, '==', nft.anonymousSet([22, nft.range(8000, 8999)])),
    nft.accept,
  ],
  ['tcp dport != 1024-65535 drop', nft.match(dport, '!=', nft.range(1024, 65535)), nft.drop],
  ['tcp dport > 1023 continue', nft.match(dport, '>', 1023), nft.continueVerdict],
  ['udp length 100 return', nft.match(nft.payload('udp', 'length'), '==', 100), nft.returnVerdict],
  [
    'ip saddr 10.0.0.0/8 jump side',
    nft.match(nft.sourceAddress('ipv4'), '==', nft.prefix(parseCidr('10.0.0.0/8'))),
    nft.jump('side'),
  ],
  [
    'ip6 daddr != fd00::/8 goto side',
    nft.match(nft.destinationAddress('ipv6'), '!=', nft.prefix(parseCidr('fd00::/8'))),
    nft.goto('side'),
  ],
  ['ip ttl 1 drop', nft.match(nft.payload('ip', 'ttl'), '==', 1), nft.drop],
  ['ip6 hoplimit < 3 drop', nft.match(nft.payload('ip6', 'hoplimit'), '<', 3), nft.drop],
  [
    'icmp type echo-request accept',
    nft.match(nft.payload('icmp', 'type'), '==', 'echo-request'),
    nft.accept,
  ],
  [
    'icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept',
    nft.match(
      nft.payload('icmpv6', 'type'),
      '==',
      nft.anonymousSet(['nd-router-advert', 'nd-neighbor-solicit']),
    ),
    nft.accept,
  ],
  [
    'ether saddr 02:00:00:00:00:01 drop',
    nft.match(nft.payload('ether', 'saddr'), '==', '02:00:00:00:00:01'),
    nft.drop,
  ],
  ['th dport 53 accept', nft.match(nft.payload('th', 'dport'), '==', 53), nft.accept],
  ['@th,16,8 0x35 accept', nft.match(nft.rawPayload('th', 16, 8), '==', 0x35), nft.accept],
  [
    'tcp flags syn,ack accept',
    nft.match(nft.payload('tcp', 'flags'), 'in', ['syn', 'ack']),
    nft.accept,
  ],
  ['iifname "eth0" accept', nft.match(nft.meta('iifname'), '==', 'eth0'), nft.accept],
  [
    'iifname != { "eth0", "eth1" } drop',
    nft.match(nft.meta('iifname'), '!=', nft.anonymousSet(['eth0', 'eth1'])),
    nft.drop,
  ],
  [
    'meta nfproto ipv6 meta pkttype broadcast drop',
    nft.match(nft.meta('nfproto'), '==', 'ipv6'),
    nft.match(nft.meta('pkttype'), '==', 'broadcast'),
    nft.drop,
  ],
  ['meta skuid 1000 accept', nft.match(nft.meta('skuid'), '==', 1000), nft.accept],
  [
    'meta mark & 0x000000ff == 0x00000001 accept',
    nft.match(nft.and(mark, 0xff), '==', 1),
    nft.accept,
  ],
  ['meta mark set meta mark | 0x00004000', nft.mangle(mark, nft.or(mark, 0x4000))],
  ['ct mark set ct mark ^ 0x00000001', nft.mangle(nft.ct('mark'), nft.xor(nft.ct('mark'), 1))],
  ['ct mark set meta mark', nft.mangle(nft.ct('mark'), mark)],
  ['meta mark set 0x0000002a', nft.mangle(mark, 42)],
  ['ip dscp set cs1', nft.mangle(nft.payload('ip', 'dscp'), 'cs1')],
  [
    'ct state established,related accept',
    nft.match(nft.ct('state'), 'in', ['established', 'related']),
    nft.accept,
  ],
  ['ct state invalid drop', nft.match(nft.ct('state'), 'in', 'invalid'), nft.drop],
  ['ct status dnat accept', nft.match(nft.ct('status'), 'in', 'dnat'), nft.accept],
  ['ct direction reply accept', nft.match(nft.ct('direction'), '==', 'reply'), nft.accept],
  [
    'ct original ip daddr 192.0.2.1 drop',
    nft.match(nft.ctTuple('original', 'daddr', 'ipv4'), '==', '192.0.2.1'),
    nft.drop,
  ],
  [
    'ct reply ip6 saddr 2001:db8::1 drop',
    nft.match(nft.ctTuple('reply', 'saddr', 'ipv6'), '==', '2001:db8::1'),
    nft.drop,
  ],
  [
    'tcp sport 80 ct original proto-dst 80 accept',
    nft.match(nft.payload('tcp', 'sport'), '==', 80),
    nft.match(nft.ctTuple('original', 'proto-dst'), '==', 80),
    nft.accept,
  ],
  ['fib daddr type local accept', nft.match(nft.destinationType(), '==', 'local'), nft.accept],
  [
    'fib saddr . iif oif missing drop',
    nft.match(nft.fib('saddr', 'oif', 'iif'), '==', false),
    nft.drop,
  ],
  [
    'fib saddr . mark oifname "eth0" accept',
    nft.match(nft.fib('saddr', 'oifname', 'mark'), '==', 'eth0'),
    nft.accept,
  ],
  [
    'ip daddr . tcp dport { 192.0.2.1 . 80 } accept',
    nft.match(
      nft.concat(nft.destinationAddress('ipv4'), dport),
      '==',
      nft.anonymousSet([nft.concat('192.0.2.1', 80)]),
    ),
    nft.accept,
  ],
  [
    'tcp dport vmap { 80 : accept, 443 : jump side }',
    nft.verdictMap(dport, [
      [80, nft.accept],
      [443, nft.jump('side')],
    ]),
  ],
  [
    'meta mark set tcp dport map { 80 : 0x00000001, 443 : 0x00000002 }',
    nft.mangle(
      mark,
      nft.lookup(dport, [
        [80, 1],
        [443, 2],
      ]),
    ),
  ],
  [
    'numgen inc mod 2 vmap { 0 : accept, 1 : jump side }',
    nft.verdictMap(nft.numgen('inc', 2), [
      [0, nft.accept],
      [1, nft.jump('side')],
    ]),
  ],
  ['meta mark set numgen random mod 4 offset 8', nft.mangle(mark, nft.numgen('random', 4, 8))],
  [
    'meta mark set jhash ip saddr mod 8 seed 0x2a',
    nft.mangle(mark, nft.jhash(nft.sourceAddress('ipv4'), 8, 42)),
  ],
  ['meta mark set symhash mod 8', nft.mangle(mark, nft.symhash(8))],
  [
    'tcp option maxseg size 1300 accept',
    nft.match(nft.tcpOption('maxseg', 'size'), '==', 1300),
    nft.accept,
  ],
  [
    'tcp option sack-perm exists accept',
    nft.match(nft.tcpOption('sack-perm'), '==', true),
    nft.accept,
  ],
  ['limit rate 10/second burst 7 packets accept', nft.limit(10, 'second', 7), nft.accept],
  [
    'limit rate over 10 mbytes/minute burst 6 mbytes drop',
    nft.limit(10, 'minute', 6, { unit: 'mbytes', over: true }),
    nft.drop,
  ],
  ['ct count over 10 drop', nft.ctCount(10, { over: true }), nft.drop],
  ['counter packets 0 bytes 0 accept', nft.counter, nft.accept],
  ['counter name "seen" drop', nft.namedCounter('seen'), nft.drop],
  ['log prefix "many: " level debug', nft.log({ prefix: 'many: ', level: 'debug' })],
  [
    'log group 3 snaplen 64 queue-threshold 5',
    nft.log({ group: 3, snaplen: 64, 'queue-threshold': 5 }),
  ],
  ['notrack', nft.notrack],
  ['socket transparent 1 accept', nft.match(nft.socket('transparent'), '==', 1), nft.accept],
  ['meta l4proto tcp tproxy to :50080', tcp, nft.tproxy({ port: 50080 })],
  [
    'meta nfproto ipv4 meta l4proto tcp tproxy ip to 127.0.0.1:50080',
    nft.match(nft.meta('nfproto'), '==', 'ipv4'),
    tcp,
    nft.tproxy({ family: 'ipv4', address: '127.0.0.1', port: 50080 }),
  ],
  [
    'add @clients { ip saddr timeout 1m }',
    nft.updateSet('add', 'clients', nft.element(nft.sourceAddress('ipv4'), { timeout: 60 })),
  ],
  ['update @clients { ip saddr }', nft.updateSet('update', 'clients', nft.sourceAddress('ipv4'))],
  [
    'ip saddr @clients accept',
    nft.match(nft.sourceAddress('ipv4'), '==', nft.inSet('clients')),
    nft.accept,
  ],
];

/** Rules for a chain of the type `filter` at `input`, where packets can be refused. */
export const rejectRules: readonly NftRuleCase[] = [
  ['meta l4proto tcp reject with tcp reset', tcp, nft.reject('tcp reset')],
  ['reject with icmpx admin-prohibited', nft.reject('admin-prohibited')],
  ['reject with icmp net-unreachable', nft.reject('icmp', 'net-unreachable')],
  ['reject with icmpv6 addr-unreachable', nft.reject('icmpv6', 'addr-unreachable')],
];

/** Rules for a chain of the type `filter` at `forward`, where the route is known. */
export const forwardRules: readonly NftRuleCase[] = [
  [
    'tcp flags syn / syn,rst tcp option maxseg size set rt mtu',
    nft.match(nft.and(nft.payload('tcp', 'flags'), ['syn', 'rst']), '==', 'syn'),
    nft.mangle(nft.tcpOption('maxseg', 'size'), nft.rt('mtu')),
  ],
  ['tcp option maxseg size set 1360', nft.mangle(nft.tcpOption('maxseg', 'size'), 1360)],
  ['oifname "eth0" accept', nft.match(nft.meta('oifname'), '==', 'eth0'), nft.accept],
];
