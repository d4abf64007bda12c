import type { Link, Netlink } from '@poplin/netlink';
import { expect, it } from 'vitest';
import { readShapings } from './found.js';

const linkOf = (name: string, parts: Partial<Link>): [string, Link] => [
  name,
  { name, ifindex: 1, mtu: 1500, up: true, ...parts } as Link,
];
const pod = linkOf('pop0123456789a', {
  kind: 'veth',
  alias: 'poplin:pod:c:eth0',
  qdisc: 'noqueue',
});

/** A kernel that counts what it is asked. */
function asked(): { readonly netlink: Netlink; readonly questions: string[] } {
  const questions: string[] = [];
  const list = (what: string) => async () => {
    questions.push(what);
    return [];
  };
  const netlink = { qdisc: { list: list('qdiscs') }, filter: { list: list('filters') } };
  return { netlink: netlink as unknown as Netlink, questions };
}

it('asks the kernel nothing where no pod has or is to have limits', async () => {
  const { netlink, questions } = asked();
  const links = new Map([
    pod,
    linkOf('eth0', { qdisc: 'tbf' }),
    linkOf('pbw0123456789a', { kind: 'ifb', alias: 'mine' }),
    linkOf('ifb0', { kind: 'ifb' }),
  ]);
  expect(await readShapings(netlink, links, new Map())).toEqual(new Map());
  expect(questions).toEqual([]);
});

it.each([
  ['a wish', [pod], [['pop0123456789a', { link: 'pop0123456789a' }]]],
  ['a token bucket', [[pod[0], { ...pod[1], qdisc: 'tbf' }]], []],
  [
    'an ifb link of ours',
    [linkOf('pbw0123456789a', { kind: 'ifb', alias: 'poplin:bandwidth:pop0123456789a' })],
    [],
  ],
] as [string, [string, Link][], [string, { link: string }][]][])(
  'looks for limits where there is %s',
  async (_what, links, wanted) => {
    const { netlink, questions } = asked();
    const found = await readShapings(netlink, new Map(links), new Map(wanted));
    expect([...found.keys()]).toEqual(['pop0123456789a']);
    expect(questions).toEqual(['qdiscs']);
  },
);
