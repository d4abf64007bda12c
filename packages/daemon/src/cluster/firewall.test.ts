import { kernelState } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { parseClusterConfig } from '../config/index.js';
import { firewallOf } from './firewall.js';

const config = (masquerade: object) =>
  parseClusterConfig({
    pools: [
      { name: 'four', cidr: '10.244.0.0/16', blockSize: 26 },
      { name: 'six', cidr: 'fd10::/56', blockSize: 122 },
    ],
    masquerade,
  });
const nodes = [
  { addresses: [parseIp('192.168.7.1'), parseIp('fd77::1')] },
  { addresses: [parseIp('192.168.7.2')] },
];
const forwards = ['10.244.0.0/16', 'fd10::/56'].map((cidr) => ({ cidr: parseCidr(cidr) }));

describe('the firewall of a node', () => {
  it('forwards all pools, and gives pods the address of the node towards strangers', () => {
    const state = firewallOf(config({ except: ['172.16.0.0/12'] }), nodes);
    expect(state).toEqual(
      kernelState({
        forwards,
        masquerade: [
          { role: 'source', cidr: '10.244.0.0/16' },
          { role: 'source', cidr: 'fd10::/56' },
          { role: 'exempt', cidr: '192.168.7.1/32' },
          { role: 'exempt', cidr: 'fd77::1/128' },
          { role: 'exempt', cidr: '192.168.7.2/32' },
          { role: 'exempt', cidr: '172.16.0.0/12' },
        ].map(({ role, cidr }) => ({ role: role as 'source' | 'exempt', cidr: parseCidr(cidr) })),
      }),
    );
  });

  it('forwards also where the cluster has no masquerading', () => {
    expect(firewallOf(config({ enabled: false }), nodes)).toEqual(kernelState({ forwards }));
  });

  it('is there before any other node is known', () => {
    const { masquerade } = firewallOf(config({}), []);
    expect(masquerade.map(({ role }) => role)).toEqual(['source', 'source']);
  });
});
