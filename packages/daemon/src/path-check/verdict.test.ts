import type { Ip } from '@poplin/net';
import { expect, it } from 'vitest';
import type { Evidence } from './examine.js';
import type { Path } from './path.js';
import { judge } from './verdict.js';

const path: Path = {
  peer: 'n2',
  family: 'ipv4',
  link: 'poplin.vxlan',
  tunnel: true,
  local: '192.168.7.1' as Ip,
  remote: '192.168.7.2' as Ip,
  mtu: 1450,
};
const all: Evidence = {
  udp: 'answered',
  udpFull: 'answered',
  tcp: 'answered',
  tcpFull: 'answered',
};
const none: Evidence = { udp: 'silent', udpFull: 'silent', tcp: 'silent', tcpFull: 'silent' };

it.each<[string, Evidence, string]>([
  ['all is answered', all, 'works'],
  ['long packets of UDP are lost', { ...all, udpFull: 'silent' }, 'mtu'],
  ['long segments of TCP are lost', { ...all, tcpFull: 'silent' }, 'mtu'],
  ['UDP is lost', { ...all, udp: 'silent', udpFull: 'silent', udpUnchecked: 'silent' }, 'udp'],
  ['TCP is lost', { ...all, tcp: 'silent', tcpFull: 'silent' }, 'tcp'],
  [
    'TCP is lost, and nobody listens on UDP',
    { ...none, udp: 'refused', udpFull: 'refused' },
    'all',
  ],
  ['nothing gets through', { ...none, udpUnchecked: 'silent' }, 'all'],
  ['what has no checksum gets through alone', { ...none, udpUnchecked: 'answered' }, 'checksum'],
  ['nobody listens', { ...none, udp: 'refused', tcp: 'refused' }, 'unknown'],
  ['the link is not there', { ...none, udp: 'impossible', tcp: 'impossible' }, 'unknown'],
])('where %s the verdict is so', (_, evidence, expected) => {
  const verdict = judge(path, evidence, 8473);
  expect(verdict.kind === 'fails' ? verdict.fault : verdict.kind).toBe(expected);
  if (verdict.kind !== 'works') expect(verdict.reason).toContain('n2');
});
