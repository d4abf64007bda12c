import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { parseClusterConfig } from '../config/index.js';
import { exemptionsOf, forwardsOf, masqueradeOf } from './firewall.js';

const config = (masquerade: object) =>
  parseClusterConfig({
    pools: [
      { name: 'four', cidr: '10.244.0.0/16', blockSize: 26 },
      { name: 'six', cidr: 'fd10::/56', blockSize: 122 },
    ],
    masquerade,
  });
const addresses = [parseIp('192.168.7.1'), parseIp('fd77::1')];

describe('the firewall of a node', () => {
  it('forwards all pools', () => {
    const cidrs = ['10.244.0.0/16', 'fd10::/56'].map((cidr) => ({ cidr: parseCidr(cidr) }));
    expect(forwardsOf(config({}))).toEqual(cidrs);
    expect(forwardsOf(config({ enabled: false }))).toEqual(cidrs);
  });

  it('gives pods the address of the node towards strangers, except those that the cluster excepts', () => {
    expect(masqueradeOf(config({ except: ['172.16.0.0/12'] }))).toEqual([
      { role: 'source', cidr: '10.244.0.0/16' },
      { role: 'source', cidr: 'fd10::/56' },
      { role: 'exempt', cidr: '172.16.0.0/12' },
    ]);
    expect(masqueradeOf(config({ enabled: false }))).toEqual([]);
  });

  it('lets pods keep their address towards nodes', () => {
    expect(exemptionsOf(addresses, config({}))).toEqual([
      { role: 'exempt', cidr: '192.168.7.1/32' },
      { role: 'exempt', cidr: 'fd77::1/128' },
    ]);
    expect(exemptionsOf(addresses, config({ enabled: false }))).toEqual([]);
  });
});
