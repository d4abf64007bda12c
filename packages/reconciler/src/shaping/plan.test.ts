import type { Filter, Link, Qdisc } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { bucketSettings } from './bucket.js';
import type { FoundShaping } from './found.js';
import { planRemoval, planShaping } from './plan.js';

const link = 'pop0123456789a';
const limit = { rate: 8_000_000, burst: 100_000 };
const bucket = bucketSettings(limit, 1500);
const both = { link, toPod: limit, fromPod: limit };

const linkOf = (name: string, ifindex: number, parts: Partial<Link>): Link =>
  ({ name, ifindex, mtu: 1500, up: true, ...parts }) as Link;
const host = linkOf(link, 4, { kind: 'veth', alias: 'poplin:pod:c0ffee:eth0' });
const ifb = linkOf('pbw0123456789a', 5, { kind: 'ifb', alias: `poplin:bandwidth:${link}` });

const tbf = (ifindex: number, settings = bucket): Qdisc => ({
  ifindex,
  kind: 'tbf',
  handle: '70:',
  parent: 'root',
  options: { kind: 'tbf', ...settings },
});
const clsact: Qdisc = { ifindex: 4, kind: 'clsact', handle: 'ffff:', parent: 'ffff:fff1' };
const filterOf = (parts: Partial<Filter>): Filter => ({
  ifindex: 4,
  kind: 'u32',
  priority: 112,
  protocol: 'all',
  chain: 0,
  handle: 0x8000_0800,
  keys: [{ value: 0, mask: 0, offset: 0 }],
  actions: [{ kind: 'mirred', to: 'egressRedirect', ifindex: 5 }],
  ...parts,
});
const { keys: _keys, ...hashTable } = filterOf({ handle: 0x8000_0000, actions: [] });
const other = filterOf({ priority: 1, kind: 'bpf' });

const fresh: FoundShaping = {
  host,
  root: undefined,
  ingress: undefined,
  filters: [],
  egressFilters: [],
  ifb: undefined,
  ifbRoot: undefined,
};
const complete: FoundShaping = {
  host,
  root: tbf(4),
  ingress: clsact,
  filters: [hashTable, filterOf({})],
  egressFilters: [],
  ifb,
  ifbRoot: tbf(5),
};

describe('the plan for limits', () => {
  it('leads packets to the ifb link when that has its bucket, not before', () => {
    expect(planShaping(both, fresh)).toEqual([
      { do: 'addBucket', at: 'host', bucket },
      { do: 'addIfb', mtu: 1500 },
      { do: 'addBucket', at: 'ifb', bucket },
      { do: 'addClsact' },
      { do: 'addRedirect' },
    ]);
  });

  it('is empty when all is right', () => {
    expect(planShaping(both, complete)).toEqual([]);
  });

  it('changes a bucket in place', () => {
    const faster = { rate: 1e9, burst: 200_000 };
    const changed = bucketSettings(faster, 1500);
    expect(planShaping({ link, toPod: faster, fromPod: faster }, complete)).toEqual([
      { do: 'changeBucket', at: 'host', bucket: changed },
      { do: 'changeBucket', at: 'ifb', bucket: changed },
    ]);
  });

  it('takes away the half that is wanted no more', () => {
    expect(planShaping({ link, fromPod: limit }, complete)).toEqual([
      { do: 'delBucket', at: 'host' },
    ]);
    expect(planShaping({ link, toPod: limit }, complete)).toEqual([
      { do: 'delRedirect' },
      { do: 'delClsact' },
      { do: 'retireIfb' },
    ]);
  });

  it.each([
    ['is down', { up: false }],
    ['has another MTU', { mtu: 9000 }],
    ['was about to be deleted', { group: 7_368_560 }],
  ])('puts the ifb link right when it %s', (_what, parts) => {
    const found = { ...complete, ifb: { ...ifb, ...parts } };
    expect(planShaping(both, found)).toEqual([{ do: 'setIfb', mtu: 1500 }]);
  });

  it.each([
    ['leads elsewhere', { actions: [{ kind: 'mirred', to: 'egressRedirect', ifindex: 9 }] }],
    ['copies only', { actions: [{ kind: 'mirred', to: 'egressMirror', ifindex: 5 }] }],
    ['does nothing', { actions: [] }],
    ['sees IPv4 alone', { protocol: 'ip' }],
    ['matches some packets', { keys: [{ value: 0, mask: 255, offset: 0 }] }],
  ] as [string, Partial<Filter>][])('makes the filter anew when it %s', (_what, parts) => {
    const found = { ...complete, filters: [filterOf(parts)] };
    expect(planShaping(both, found)).toEqual([{ do: 'delRedirect' }, { do: 'addRedirect' }]);
  });

  it('redirects to an ifb link that has to be made anew', () => {
    const found = { ...complete, ifb: undefined, ifbRoot: undefined };
    expect(planShaping(both, found)).toEqual([
      { do: 'addIfb', mtu: 1500 },
      { do: 'addBucket', at: 'ifb', bucket },
      { do: 'delRedirect' },
      { do: 'addRedirect' },
    ]);
  });

  it.each([
    ['a root qdisc', { root: { ...tbf(4), handle: '1:' } }, 'a qdisc tbf 1: at the root'],
    ['an ingress qdisc', { ingress: { ...clsact, kind: 'ingress' } }, 'a qdisc ingress ffff:'],
    ['a filter', { ingress: clsact, filters: [other] }, 'a filter bpf with priority 1'],
    ['an ifb link', { ifb: { ...ifb, alias: 'mine' } }, 'a link pbw0123456789a'],
    ['a link that is none', { ifb: { ...ifb, kind: 'dummy' } }, 'a link pbw0123456789a'],
    ['a host end', { host: { ...host, alias: 'mine' } }, `a link ${link}`],
  ] as [string, Partial<FoundShaping>, string][])(
    'is refused where %s is somebody else’s',
    (_what, parts, named) => {
      expect(() => planShaping(both, { ...fresh, ...parts })).toThrow(
        expect.objectContaining({
          code: 'FOREIGN_OBJECT',
          message: expect.stringContaining(named),
        }),
      );
    },
  );

  it('is refused for a link that is no pod’s, and for one that is not there', () => {
    expect(() => planShaping({ link: 'eth0', toPod: limit }, fresh)).toThrow(
      expect.objectContaining({ code: 'NOT_ALLOWED' }),
    );
    expect(() => planShaping(both, { ...fresh, host: undefined })).toThrow(
      expect.objectContaining({ code: 'LINK_MISSING' }),
    );
  });
});

describe('the plan for the end of limits', () => {
  it('takes the redirection away before the link that it leads to', () => {
    expect(planRemoval(complete)).toEqual([
      { do: 'delBucket', at: 'host' },
      { do: 'delRedirect' },
      { do: 'delClsact' },
      { do: 'retireIfb' },
    ]);
  });

  it('retires the ifb link when the host end has gone, once', () => {
    const found = { ...fresh, host: undefined, ifb, ifbRoot: tbf(5) };
    expect(planRemoval(found)).toEqual([{ do: 'retireIfb' }]);
    const retired = { ...ifb, group: 7_368_560 };
    expect(planRemoval({ ...found, ifb: retired })).toEqual([]);
  });

  it.each(['filters', 'egressFilters'] as const)(
    'leaves the place of filters to others (%s)',
    (which) => {
      const found = { ...complete, [which]: [...complete[which], other] };
      expect(planRemoval(found)).not.toContainEqual({ do: 'delClsact' });
      expect(planRemoval(found)).toContainEqual({ do: 'delRedirect' });
    },
  );

  it('touches nothing that is not ours', () => {
    const theirs = { ...tbf(4), handle: '1:' } as const;
    const found = { ...complete, root: theirs, filters: [other], ifb: { ...ifb, alias: 'mine' } };
    expect(planRemoval(found)).toEqual([]);
    expect(planRemoval({ ...complete, host: { ...host, alias: 'mine' }, ifb: undefined })).toEqual(
      [],
    );
  });

  it('is empty where there is nothing', () => {
    expect(planRemoval(fresh)).toEqual([]);
  });
});
