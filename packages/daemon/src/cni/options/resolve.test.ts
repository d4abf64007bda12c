import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optionsOf, refusal } from '../testing/call.js';

describe('options of an attachment', () => {
  it('are the network’s, and the cluster’s where the network says nothing', () => {
    const maybe = fc.option(fc.boolean(), { nil: undefined });
    const mtus = fc.integer({ min: 576, max: 65535 });
    fc.assert(
      fc.property(
        fc.record({ mtu: fc.option(mtus, { nil: undefined }), hairpin: maybe, isolation: maybe }),
        maybe,
        fc.record({
          mtu: mtus,
          hairpin: fc.boolean(),
          isolation: fc.boolean(),
          masquerade: fc.boolean(),
        }),
        (attach, enabled, cluster) => {
          expect(optionsOf({ attach, masquerade: { enabled } }, cluster)).toMatchObject({
            mtu: attach.mtu ?? cluster.mtu,
            hairpin: attach.hairpin ?? cluster.hairpin,
            isolation: attach.isolation ?? cluster.isolation,
            masquerade: { enabled: enabled ?? cluster.masquerade },
          });
        },
      ),
    );
  });

  it('name each destination without masquerading once', () => {
    const except = ['192.168.0.0/16', 'FD00::/8', '192.168.0.0/16'];
    expect(optionsOf({ masquerade: { except } }).masquerade.except).toEqual([
      '192.168.0.0/16',
      'fd00::/8',
    ]);
  });

  it('need an MTU of 1280 in a cluster with IPv6', () => {
    const attach = { mtu: 1279 };
    expect(optionsOf({ attach }).mtu).toBe(1279);
    expect(refusal(() => optionsOf({ attach }, { families: ['ipv4', 'ipv6'] }))).toContain(
      'attach.mtu: must be at least 1280',
    );
  });

  it.each([575, 65536, 1400.5, '1400'])('are refused with an MTU of %j', (mtu) => {
    expect(refusal(() => optionsOf({ attach: { mtu } }))).toContain('attach.mtu: must be a whole');
  });
});
