import { type KernelState, kernelState } from '@poplin/backend';
import { parseCidr, parseIp, parseMac } from '@poplin/net';

const link = 'poplin.vxlan';
/** The node's own address on its underlay `eth0`. */
export const ownAddress = parseIp('192.168.0.1');

/** What the node wants whoever its peers are. */
export const hostState: KernelState = kernelState({
  links: [
    {
      kind: 'vxlan',
      name: link,
      mtu: 1450,
      mac: parseMac('02:00:00:00:00:01'),
      vni: 1,
      port: 8472,
      local: ownAddress,
      underlay: 'eth0',
    },
  ],
  rules: [{ family: 'ipv4', priority: 11_200, from: parseCidr('10.0.0.0/8'), table: 112 }],
});

/**
 * What reaches a peer: a neighbour, an fdb entry, the route to its block and the one to itself.
 *
 * @param number - below 65,536.
 * @param edition - another one is another VTEP MAC, as of a node that was set up anew.
 */
export function peerState(number: number, edition = 2): KernelState {
  const ip = parseIp(`192.168.${1 + (number >> 8)}.${number & 255}`);
  const mac = parseMac(`02:00:00:${hex(number >> 8)}:${hex(number & 255)}:${hex(edition)}`);
  const way = { type: 'unicast', link, via: ip, onlink: true, source: ownAddress } as const;
  return kernelState({
    neighbours: [{ link, ip, mac }],
    fdb: [{ link, mac, dst: ip }],
    routes: [
      { ...way, dst: parseCidr(`10.${number >> 8}.${number & 255}.0/26`) },
      { ...way, dst: parseCidr(`${ip}/32`), table: 112 },
    ],
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
