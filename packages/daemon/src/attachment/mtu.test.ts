import { describe, expect, it } from 'vitest';
import { pathMtu, podMtuOf, refuseSmallMtu, tooSmallMtu } from './mtu.js';

const both = ['ipv4', 'ipv6'] as const;
const ipip = { ipv4: 20, ipv6: 40 };

describe("a pod's interface", () => {
  it('takes what fits in the family that the backend adds least to', () => {
    expect(podMtuOf(1500, ipip, both, undefined)).toEqual({
      link: 1480,
      path: { ipv4: 1480, ipv6: 1460 },
    });
  });

  it('takes what fits in the one family that the pod has', () => {
    expect(podMtuOf(1500, ipip, ['ipv6'], undefined).link).toBe(1460);
  });

  it('takes what the cluster asks for, which does not change what fits', () => {
    expect(podMtuOf(1500, ipip, both, 9000)).toEqual({
      link: 9000,
      path: { ipv4: 1480, ipv6: 1460 },
    });
  });
});

describe('the default route of a family', () => {
  const path = { ipv4: 1480, ipv6: 1460 };

  it('says what fits where that is less than the interface takes', () => {
    expect(pathMtu(1480, path, both)).toEqual({ ipv6: 1460 });
    expect(pathMtu(9000, path, both)).toEqual({ ipv4: 1480, ipv6: 1460 });
    expect(pathMtu(1400, path, both)).toEqual({});
  });

  it('says nothing of a family that the pod does not have', () => {
    expect(pathMtu(9000, path, ['ipv4'])).toEqual({ ipv4: 1480 });
  });
});

describe('an underlay that is too small', () => {
  it('lets pods have IPv6 down to 1280 bytes and not further (RFC 8200)', () => {
    expect(tooSmallMtu(podMtuOf(1320, ipip, both, undefined), both)).toBeUndefined();
    expect(tooSmallMtu(podMtuOf(1319, ipip, both, undefined), both)).toMatch(
      /IPv6.*1280 bytes: 1279 fit .*Raise the MTU of the underlay/,
    );
  });

  it('is no matter for pods without IPv6', () => {
    expect(tooSmallMtu(podMtuOf(600, ipip, ['ipv4'], undefined), ['ipv4'])).toBeUndefined();
  });

  it('is told from an interface that was asked to be too small', () => {
    const mtu = podMtuOf(1500, ipip, both, 1000);
    expect(tooSmallMtu(mtu, both)).toMatch(/their interface takes 1000\. Raise attach\.mtu/);
    expect(() => refuseSmallMtu(mtu, both)).toThrow(
      expect.objectContaining({ code: 'MTU_TOO_SMALL' }),
    );
  });
});
