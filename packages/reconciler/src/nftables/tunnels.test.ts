import type { TunnelState } from '@poplin/backend';
import type { NftObject } from '@poplin/netlink';
import { expect, it } from 'vitest';
import { slotOf } from './element.js';
import { elementsIn } from './listing.js';
import { tunnelElement } from './tunnels.js';

const tunnels: readonly [TunnelState, string][] = [
  [{ protocol: 'udp', port: 8472 }, 'tunnel_ports { 8472 }'],
  [{ protocol: 'ipip' }, 'tunnel_protocols_ipv4 { 4 }'],
  [{ protocol: 'ip6ip6' }, 'tunnel_protocols_ipv6 { 41 }'],
];

it.each(tunnels)('makes of %o one element', (tunnel, slot) => {
  expect(slotOf(tunnelElement(tunnel))).toBe(slot);
});

it('knows its elements again, whatever /etc/protocols calls them', () => {
  const listed = (name: string, elem: unknown[]): NftObject =>
    ({ set: { family: 'inet', table: 'poplin', name, elem } }) as NftObject;
  for (const [four, fortyOne] of [
    ['ipencap', 'ipv6'],
    ['4', '41'],
    [4, 41],
  ]) {
    const objects = [
      listed('tunnel_ports', [8472]),
      listed('tunnel_protocols_ipv4', [four]),
      listed('tunnel_protocols_ipv6', [fortyOne]),
    ];
    expect([...elementsIn(objects).keys()]).toEqual(tunnels.map(([, slot]) => slot));
  }
});
