import { expect, it } from 'vitest';
import { sysctlsOf } from './netconf.js';

const nameOf = (ifindex: number) => (ifindex === 3 ? 'poplin.vxlan' : undefined);

it('forwarding of all links has two names in IPv4, and one in IPv6', () => {
  expect(sysctlsOf({ family: 'ipv4', scope: 'all', forwarding: false }, nameOf)).toEqual([
    { key: 'net/ipv4/conf/all/forwarding', value: '0' },
    { key: 'net/ipv4/ip_forward', value: '0' },
  ]);
  expect(sysctlsOf({ family: 'ipv6', scope: 'all', forwarding: true }, nameOf)).toEqual([
    { key: 'net/ipv6/conf/all/forwarding', value: '1' },
  ]);
});

it('settings of a link carry its name, and those of one that is not known are passed by', () => {
  const loose = { family: 'ipv4', rpFilter: 2 } as const;
  expect(sysctlsOf({ ...loose, scope: 3 }, nameOf)).toEqual([
    { key: 'net/ipv4/conf/poplin.vxlan/rp_filter', value: '2' },
  ]);
  expect(sysctlsOf({ ...loose, scope: 4 }, nameOf)).toEqual([]);
});
