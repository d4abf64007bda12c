import { describe, expect, it } from 'vitest';
import { asAnswered, sinceAnswered } from './answered.js';
import { podAddresses } from './plan.js';
import { podRoutes } from './pod-routes.js';
import type { AttachmentRecord } from './record.js';
import { formatRecord, parseRecord } from './record.js';
import { resized } from './resize.js';
import { addresses, sampleRecord } from './testing/sample-record.js';

const both = [
  ...addresses('10.244.0.5', '10.244.0.0/26'),
  ...addresses('fd00:10::5', 'fd00:10::/122'),
];
const mtu = (link: number, ipv4 = link, ipv6 = link) => ({ link, path: { ipv4, ipv6 } });

describe('a live pod whose underlay has another MTU', () => {
  it('gets what new pods get, and remembers what ADD answered', () => {
    const next = resized(sampleRecord(), mtu(1450));
    expect(next).toMatchObject({
      mtu: 1450,
      pathMtu: {},
      answered: { mtu: 1500, pathMtu: {} },
    });
    expect(next && resized(next, mtu(1400))).toMatchObject({ mtu: 1400, answered: { mtu: 1500 } });
  });

  it('gets new default routes alone where that is enough', () => {
    const record = sampleRecord({ addresses: both });
    expect(resized(record, mtu(1500, 1500, 1480))).toMatchObject({
      mtu: 1500,
      pathMtu: { ipv6: 1480 },
    });
  });

  it('stays as it is when it has that already', () => {
    expect(resized(sampleRecord(), mtu(1500))).toBeUndefined();
    expect(resized(sampleRecord(), mtu(1500, 1500, 1400))).toBeUndefined();
  });

  it('keeps the MTU that its network asked for, and learns what fits', () => {
    const record = sampleRecord({ mtuAsked: true, mtu: 1400 });
    expect(resized(record, mtu(9000))).toBeUndefined();
    expect(resized(record, mtu(1350))).toMatchObject({ mtu: 1400, pathMtu: { ipv4: 1350 } });
  });

  it('is not made too small for its families', () => {
    expect(resized(sampleRecord({ addresses: both }), mtu(1279))).toBeUndefined();
    expect(resized(sampleRecord(), mtu(1279))).toMatchObject({ mtu: 1279 });
  });

  it('is known again after a restart', () => {
    const next = resized(sampleRecord({ addresses: both }), mtu(1450, 1450, 1430));
    expect(next && parseRecord(formatRecord(next))).toEqual(next);
  });
});

describe('CHECK of such a pod', () => {
  const record = sampleRecord({
    mtu: 1400,
    pathMtu: { ipv4: 1380 },
    answered: { mtu: 1500, pathMtu: {} },
  });
  const expectedOf = (of: AttachmentRecord) => ({
    mac: of.mac,
    mtu: of.mtu,
    ips: podAddresses(of),
    routes: podRoutes(of),
  });

  it('wants what is there now in place of what ADD answered', () => {
    const expected = sinceAnswered(record, expectedOf(asAnswered(record)));
    expect(expected).toEqual(expectedOf(record));
    expect(expected.routes).toMatchObject([{ mtu: 1380 }]);
  });

  it('leaves to a later plugin what that has changed', () => {
    const changed = { ...expectedOf(asAnswered(record)), mtu: 1300, routes: [] };
    expect(sinceAnswered(record, changed)).toEqual(changed);
  });

  it('wants the same as ever where nothing has changed since', () => {
    const same = sampleRecord();
    expect(asAnswered(same)).toEqual(same);
    expect(sinceAnswered(same, expectedOf(same))).toEqual(expectedOf(same));
  });
});
