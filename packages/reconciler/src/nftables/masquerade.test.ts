import { parseCidr, parseIp } from '@poplin/net';
import { expect, it } from 'vitest';
import { masqueradeElements, masqueradeRules, plainSourceElements } from './masquerade.js';

it('drops prefixes that lie inside others, as an interval set refuses overlaps', () => {
  const cidrs = ['10.0.0.7/32', '10.0.0.0/8', '192.168.0.1/32', '10.255.0.0/16'];
  const elements = masqueradeElements(
    cidrs.map((cidr) => ({ role: 'exempt', cidr: parseCidr(cidr) })),
  );
  expect(elements).toEqual([
    { set: 'exempt_ipv4', key: ['10.0.0.0/8'] },
    { set: 'exempt_ipv4', key: ['192.168.0.1'] },
  ]);
});

it('lets a pod keep its address before it looks at anything else', () => {
  const elements = plainSourceElements([
    { source: parseIp('fd10::5'), dst: parseCidr('fd77::/64') },
    { source: parseIp('fd10::5'), dst: parseCidr('fd77::9/128') },
  ]);
  expect(elements).toEqual([{ set: 'plain_ipv6', key: ['fd10::5', 'fd77::/64'] }]);
  const [first, second] = masqueradeRules('ipv6').map((rule) => rule.at(-1));
  expect(first).toEqual({ accept: null });
  expect(second).toEqual({ masquerade: null });
});
