import { type NftObject, type NftStatement, nft } from '@poplin/netlink';
import { expect, it } from 'vitest';
import { guardedLinks } from './guarded-links.js';

const rule = (chain: string, ...expr: NftStatement[]): NftObject => ({
  rule: {
    family: 'ip',
    table: 'filter',
    chain,
    expr: [...expr.slice(0, -1), nft.counter, ...expr.slice(-1)],
  },
});
const out = (name: string, op: '==' | '!=' = '==') => nft.match(nft.meta('oifname'), op, name);
const into = (name: string, op: '==' | '!=' = '==') => nft.match(nft.meta('iifname'), op, name);
const established: NftStatement = { xt: { type: 'match', name: 'conntrack' } };
const reject: NftStatement = { xt: { type: 'target', name: 'REJECT' } };
const toMail = nft.match(nft.payload('tcp', 'dport'), '==', 25);

it.each<[string, NftObject[], string[]]>([
  ['a network of Docker 27', [rule('FORWARD', out('docker0'), nft.jump('DOCKER'))], ['docker0']],
  ['a network of Docker 28', [rule('DOCKER-BRIDGE', out('br-1'), nft.jump('DOCKER'))], ['br-1']],
  ['its other rules', [rule('DOCKER-CT', out('br-2'), established, nft.accept)], ['br-2']],
  ['a network of libvirt', [rule('LIBVIRT_FWI', out('virbr0'), reject)], ['virbr0']],
  [
    'what a rule of nft rejects',
    [rule('FORWARD', into('eth0', '=='), out('eth1'), nft.drop)],
    ['eth1'],
  ],
  [
    'a link that Docker trusts',
    [rule('DOCKER', into('eth2'), out('docker0'), nft.accept)],
    ['docker0'],
  ],
])('guards %s', (_, objects, links) => {
  expect(guardedLinks(objects)).toEqual(links);
});

it.each<[string, NftObject]>([
  ['links that packets only come from', rule('DOCKER-FORWARD', into('docker0'), nft.accept)],
  ['links that others accept packets to', rule('FORWARD', out('eth0'), nft.accept)],
  ['links to which only some packets are dropped', rule('FORWARD', out('eth0'), toMail, nft.drop)],
  ['all links but one', rule('DOCKER-ISOLATION-STAGE-1', out('docker0', '!='), nft.drop)],
  ['links in the rules of an operator for Docker', rule('DOCKER-USER', out('eth0'), nft.drop)],
  ["our own pods' links", rule('FORWARD', out('pop0123456789a'), nft.drop)],
])('does not guard %s', (_, object) => {
  expect(guardedLinks([object])).toEqual([]);
});
