import { familyOf } from '@poplin/net';
import { bridgeName, defaultRoute, gatewayMac, podAddresses } from './plan.js';
import type { AttachmentRecord } from './record.js';
import type { CniVersion } from './request.js';

/**
 * The result of an ADD in the version that the configuration asked for (CNI spec 1.1.0, "ADD Success"; the
 * forms of 0.3.1 and 0.4.0 differ in `ips[].version`, and 1.1.0 added `interfaces[].mtu`).
 */
export function cniResult(record: AttachmentRecord, version: CniVersion): string {
  const bridged = record.mode === 'bridge';
  const mtu = version === '1.1.0' ? { mtu: record.mtu } : {};
  const interfaces = [
    ...(bridged ? [{ name: bridgeName, mac: gatewayMac, ...mtu }] : []),
    { name: record.hostLink, ...(bridged ? {} : { mac: gatewayMac }), ...mtu },
    { name: record.ifname, mac: record.mac, ...mtu, sandbox: record.netns.path },
  ];
  const old = version === '0.3.1' || version === '0.4.0';
  const plans = podAddresses(record);
  return JSON.stringify({
    cniVersion: version,
    interfaces,
    ips: plans.map(({ ip, length, gateway }) => ({
      ...(old && { version: familyOf(ip) === 'ipv4' ? '4' : '6' }),
      address: `${ip}/${length}`,
      gateway,
      interface: interfaces.length - 1,
    })),
    routes: plans.map(({ ip, gateway }) => ({ dst: defaultRoute[familyOf(ip)], gw: gateway })),
    ...(old && { dns: {} }),
  });
}
