import * as nft from '../src/nftables/builder.js';
import type { NftRuleCase } from './nft-rules.js';

const dport = nft.payload('tcp', 'dport');
const tcp = nft.match(nft.meta('l4proto'), '==', 'tcp');

/** Rules for a chain of the type `nat` at `prerouting`. */
export const dnatRules: readonly NftRuleCase[] = [
  [
    'tcp dport 80 dnat ip to 10.0.0.9:8080',
    nft.match(dport, '==', 80),
    nft.dnat({ family: 'ipv4', address: '10.0.0.9', port: 8080 }),
  ],
  [
    'tcp dport 81 dnat ip6 to [fd00::9]:8080',
    nft.match(dport, '==', 81),
    nft.dnat({ family: 'ipv6', address: 'fd00::9', port: 8080 }),
  ],
  [
    'dnat ip to 10.0.0.1-10.0.0.9 persistent',
    nft.dnat({ family: 'ipv4', address: nft.range('10.0.0.1', '10.0.0.9'), flags: ['persistent'] }),
  ],
  [
    'dnat ip to tcp dport map { 8080 : 10.0.0.1, 8081 : 10.0.0.2 }',
    nft.dnat({
      family: 'ipv4',
      address: nft.lookup(dport, [
        [8080, '10.0.0.1'],
        [8081, '10.0.0.2'],
      ]),
    }),
  ],
  [
    'dnat ip to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }',
    nft.dnat({
      family: 'ipv4',
      address: nft.lookup(nft.numgen('inc', 2), [
        [0, '10.0.0.1'],
        [1, '10.0.0.2'],
      ]),
    }),
  ],
  [
    'dnat ip to tcp dport map @services',
    nft.dnat({ family: 'ipv4', address: nft.lookup(dport, '@services') }),
  ],
  ['tcp dport 53 redirect to :5353', nft.match(dport, '==', 53), nft.redirect(5353)],
  [
    'tcp dport 54 redirect to :5353-5363',
    nft.match(dport, '==', 54),
    nft.redirect(nft.range(5353, 5363)),
  ],
  ['redirect', nft.redirect()],
];

/** Rules for a chain of the type `nat` at `postrouting`. */
export const snatRules: readonly NftRuleCase[] = [
  ['masquerade', nft.masquerade()],
  ['masquerade fully-random', nft.masquerade('fully-random')],
  ['masquerade random,persistent', nft.masquerade('random', 'persistent')],
  [
    'meta l4proto tcp masquerade to :1024-65535',
    tcp,
    nft.masquerade({ port: nft.range(1024, 65535) }),
  ],
  [
    'meta l4proto tcp masquerade to :1024-65535 random',
    tcp,
    nft.masquerade({ port: nft.range(1024, 65535), flags: ['random'] }),
  ],
  [
    'snat ip6 to 2001:db8::1 persistent',
    nft.snat({ family: 'ipv6', address: '2001:db8::1', flags: ['persistent'] }),
  ],
  [
    'meta l4proto tcp snat ip to 10.0.0.1:100-200',
    tcp,
    nft.snat({ family: 'ipv4', address: '10.0.0.1', port: nft.range(100, 200) }),
  ],
];
