import { filterAdd, filterDel, linkSet, qdiscAdd, qdiscChange, qdiscDel } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { requestOf } from './request.js';

const links = { link: 'pop0123456789a', ifindex: { host: 4, ifb: 5 } };
const bucket = { rate: 8_000_000, burst: 10_000, limit: 35_000 };
const redirect = {
  ifindex: 4,
  parent: 'ingress',
  kind: 'u32',
  protocol: 'all',
  priority: 112,
} as const;

describe('the request of a step', () => {
  it.each([
    [
      { do: 'addBucket', at: 'host', bucket },
      qdiscAdd({ ifindex: 4, kind: 'tbf', handle: '70:', ...bucket }),
    ],
    [
      { do: 'changeBucket', at: 'ifb', bucket },
      qdiscChange({ ifindex: 5, kind: 'tbf', handle: '70:', ...bucket }),
    ],
    // With the handle the kernel deletes no other qdisc that has come into its place.
    [{ do: 'delBucket', at: 'host' }, qdiscDel({ ifindex: 4, parent: 'root', handle: '70:' })],
    [{ do: 'addClsact' }, qdiscAdd({ ifindex: 4, kind: 'clsact' })],
    [{ do: 'delClsact' }, qdiscDel({ ifindex: 4, kind: 'clsact' })],
    [
      { do: 'addRedirect' },
      filterAdd({ ...redirect, actions: [{ kind: 'mirred', to: 'egressRedirect', ifindex: 5 }] }),
    ],
    [{ do: 'delRedirect' }, filterDel(redirect)],
    [
      { do: 'retireIfb' },
      linkSet(
        { name: 'pbw0123456789a' },
        { group: 7_368_560, alias: 'poplin:bandwidth:pop0123456789a' },
      ),
    ],
    [
      { do: 'setIfb', mtu: 1400 },
      linkSet(
        { name: 'pbw0123456789a' },
        { mtu: 1400, alias: 'poplin:bandwidth:pop0123456789a', group: 0, up: true },
      ),
    ],
  ] as [Parameters<typeof requestOf>[0], unknown][])('%j', (step, request) => {
    expect(requestOf(step, links)).toEqual(request);
  });

  it('cannot be about a link that is not there', () => {
    const without = { ...links, ifindex: { host: 4, ifb: undefined } };
    expect(() => requestOf({ do: 'addRedirect' }, without)).toThrow(/no ifb link/);
  });
});
