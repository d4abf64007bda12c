import { parseCidr, parseIp } from '@poplin/net';
import type { AttachmentResult } from '../result/attachment-result.js';
import { type PreviousResult, parsePrevResult } from '../result/previous.js';
import type { CniVersion } from '../version.js';

/** A dual-stack pod on a bridge, with a route that has every attribute. */
export const bridged: AttachmentResult = {
  interfaces: [
    { name: 'poplin0', mac: '0a:58:a9:fe:01:01', mtu: 1450 },
    { name: 'pop0123456789a', mtu: 1450 },
    { name: 'eth0', mac: '0a:58:0a:f4:00:09', mtu: 1450, sandbox: '/run/netns/cni-1' },
  ],
  ips: [
    { ip: parseIp('10.244.0.9'), length: 26, gateway: parseIp('169.254.1.1'), interface: 2 },
    { ip: parseIp('fd00::9'), length: 122, gateway: parseIp('fe80::1'), interface: 2 },
  ],
  routes: [
    { dst: parseCidr('0.0.0.0/0'), gw: parseIp('169.254.1.1') },
    { dst: parseCidr('::/0'), gw: parseIp('fe80::1') },
    {
      dst: parseCidr('192.168.0.0/16'),
      mtu: 1400,
      advmss: 1360,
      priority: 5,
      table: 100,
      scope: 253,
    },
  ],
};

/** A `prevResult` that is there, read in its version. */
export function previousOf(prevResult: unknown, cniVersion: CniVersion = '1.1.0'): PreviousResult {
  const previous = parsePrevResult({ prevResult }, cniVersion);
  if (previous === undefined) throw new TypeError('there is a prevResult');
  return previous;
}
