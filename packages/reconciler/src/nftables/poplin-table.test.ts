import {
  type KernelState,
  kernelState,
  type MasqueradeState,
  type PlainSourceState,
  type PortMappingState,
} from '@poplin/backend';
import { hostCidr, parseCidr, parseIp } from '@poplin/net';
import type { Nftables, NftElementChange } from '@poplin/netlink';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeNftables } from '../../test-support/fake-nftables.js';
import { DesiredState } from '../desired.js';
import { type ChainGroup, chainGroupsFor } from './chains.js';
import { bySlot, type Elements } from './element.js';
import { elementsIn } from './listing.js';
import { PoplinTable } from './poplin-table.js';
import { elementsOf } from './wanted.js';

/** A table of a fake kernel, and somebody who wants things of it. */
function start(kernel = new FakeNftables()) {
  const desired = new DesiredState();
  let now = 0;
  const table = new PoplinTable(kernel as unknown as Nftables, { clock: () => now });
  return {
    kernel,
    table,
    desired,
    pass(ms: number) {
      now += ms;
    },
    async set(owner: string, parts: Partial<KernelState>) {
      table.want(desired.set(owner, kernelState(parts)));
      return table.commit(true);
    },
    /** The same by an errand, where there is one. */
    async setByErrand(
      owner: string,
      parts: Partial<KernelState>,
      carryOut: (change: NftElementChange) => Promise<'taken' | 'refused' | 'unsent'>,
    ) {
      table.want(desired.set(owner, kernelState(parts)));
      const errand = table.errand();
      errand?.settle(await carryOut(errand.change));
      return { isErrand: errand !== undefined, change: await table.commit(true) };
    },
    async listed(): Promise<Elements | undefined> {
      const objects = await kernel.list();
      return objects && elementsIn(objects);
    },
  };
}

const port = (pod: number, hostPort: number, more: Partial<PortMappingState> = {}) => {
  const ip = parseIp(`10.244.0.${pod}`);
  return { protocol: 'tcp', hostPort, ip, port: 80, hairpin: hostCidr(ip), ...more } as const;
};

describe('the table', () => {
  it('is made as a whole at first, and changed element by element from then on', async () => {
    const { kernel, set } = start();
    expect(await set('a', { portMappings: [port(5, 8000)] })).toMatchObject({ verb: 'replace' });
    const change = await set('b', { portMappings: [port(6, 8001)] });
    expect(change).toMatchObject({ verb: 'change' });
    expect(kernel.transactions).toHaveLength(2);
    expect(kernel.transactions[1]?.map((command) => Object.keys(command)[0])).toEqual([
      'add',
      'add',
      'add',
    ]);
  });

  it('hands a port from pod to pod in one transaction', async () => {
    const { kernel, set, listed } = start();
    await set('a', { portMappings: [port(5, 8000)] });
    await set('a', { portMappings: [port(6, 8000)] });
    expect(kernel.transactions).toHaveLength(2);
    expect([...((await listed()) ?? [])].map(([slot, { value }]) => [slot, value])).toEqual([
      ['hairpin_ipv4 { 10.244.0.6 . 10.244.0.6 }', undefined],
      ['any_port_to_ip_ipv4 { tcp . 8000 }', '10.244.0.6'],
      ['any_port_to_port_ipv4 { tcp . 8000 }', 80],
    ]);
  });

  it('leaves a port with the owner that came first, and hands it on when that goes', async () => {
    const { set, listed } = start();
    const holder = async () => (await listed())?.get('any_port_to_ip_ipv4 { tcp . 8000 }')?.value;
    await set('a', { portMappings: [port(5, 8000)] });
    await set('b', { portMappings: [port(6, 8000)] });
    expect(await holder()).toBe('10.244.0.5');
    await set('a', {});
    expect(await holder()).toBe('10.244.0.6');
  });

  it('has no work with a wish that changes nothing', async () => {
    const { kernel, set } = start();
    await set('a', { isolations: [{ link: 'pop5' }] });
    await set('b', { isolations: [{ link: 'pop5' }] });
    await set('a', {});
    expect(kernel.transactions).toHaveLength(1);
  });

  it('goes when nobody wants anything of it, and only then', async () => {
    const { set, listed } = start();
    await set('a', { isolations: [{ link: 'pop5' }] });
    await set('b', { loopbackRoutes: [{ link: 'pop5' }] });
    expect(await set('a', {})).toMatchObject({ verb: 'change' });
    expect([...((await listed())?.keys() ?? [])]).toEqual(['loopback_routes { pop5 }']);
    expect(await set('b', {})).toMatchObject({ verb: 'delete' });
    expect(await listed()).toBeUndefined();
  });

  it('has chains for the elements that are there, and loses the others at a look when they have served nothing for a minute', async () => {
    const { kernel, set, table, pass } = start();
    const chains = async () =>
      ((await kernel.list()) ?? []).flatMap((object) =>
        'chain' in object ? [object.chain.name] : [],
      );
    await set('m', { masquerade: [{ role: 'source', cidr: parseCidr('10.244.0.0/16') }] });
    expect(await chains()).toEqual(['postrouting']);
    const more = await set('a', { portMappings: [port(5, 8000)] });
    expect(more).toMatchObject({ verb: 'replace' });
    expect(await chains()).toEqual(['host_ports', 'prerouting', 'output', 'postrouting']);
    // A pod that comes next finds them.
    expect(await set('a', {})).toMatchObject({ verb: 'change' });
    pass(59_999);
    expect(await table.look(true)).toBeUndefined();
    expect(await set('b', { portMappings: [port(6, 8000)] })).toMatchObject({ verb: 'change' });
    await set('b', {});
    pass(59_999);
    expect(await table.look(true)).toBeUndefined();
    pass(1);
    expect(await table.look(true)).toEqual({ verb: 'trim', elements: [] });
    expect(await chains()).toEqual(['postrouting']);
    expect(await table.look(true)).toBeUndefined();
  });

  it('is made anew when the kernel refuses elements, for somebody has changed it', async () => {
    const { kernel, set, listed } = start();
    await set('a', { portMappings: [port(5, 8000)] });
    kernel.flush();
    expect(await set('b', { portMappings: [port(6, 8001)] })).toMatchObject({ verb: 'replace' });
    expect((await listed())?.size).toBe(6);
  });

  it('is mended by a look, which tells what was missing', async () => {
    const { kernel, set, table } = start();
    await set('a', { portMappings: [port(5, 8000)] });
    expect(await table.look(true)).toBeUndefined();
    kernel.flush();
    const change = await table.look(true);
    expect(change?.verb).toBe('replace');
    expect(change?.elements).toHaveLength(3);
    expect(await table.look(true)).toBeUndefined();
  });
});

describe('an errand', () => {
  const takenBy =
    (kernel: FakeNftables) =>
    async (change: NftElementChange): Promise<'taken'> => {
      await kernel.changeElements(change);
      return 'taken';
    };

  it('is a change of elements that somebody else sends, and that the next commit tells of', async () => {
    const { kernel, set, setByErrand, table } = start();
    await set('a', { portMappings: [port(5, 8000)] });
    const { isErrand, change } = await setByErrand(
      'b',
      { portMappings: [port(6, 8001)] },
      takenBy(kernel),
    );
    expect(isErrand).toBe(true);
    expect(change).toMatchObject({ verb: 'change' });
    expect(change?.elements).toHaveLength(3);
    expect(kernel.transactions).toHaveLength(2);
    expect(await table.commit(true)).toBeUndefined();
    expect(await table.look(true)).toBeUndefined();
  });

  it.each([
    ['the table has to be made', {}, { isolations: [{ link: 'pop5' }] }],
    [
      'a chain is missing',
      { isolations: [{ link: 'pop5' }] },
      { loopbackRoutes: [{ link: 'pop5' }] },
    ],
    ['nothing changes', { isolations: [{ link: 'pop5' }] }, { isolations: [{ link: 'pop5' }] }],
    [
      'plain intervals change, which libnftables is asked for',
      { masquerade: [{ role: 'source', cidr: parseCidr('10.1.0.0/16') }] },
      { masquerade: [{ role: 'source', cidr: parseCidr('10.2.0.0/16') }] },
    ],
  ] satisfies [string, Partial<KernelState>, Partial<KernelState>][])(
    'is not to be had when %s',
    async (_, first, second) => {
      const { set, setByErrand, listed, desired } = start();
      await set('a', first);
      const { isErrand } = await setByErrand('b', second, () => expect.unreachable());
      expect(isErrand).toBe(false);
      expect([...((await listed())?.keys() ?? [])].sort()).toEqual(
        [...elementsOf(desired.items).keys()].sort(),
      );
    },
  );

  it('that was refused, or of which nobody knows what came, has the table made anew', async () => {
    const { kernel, set, setByErrand, table, desired, listed } = start();
    await set('a', { portMappings: [port(5, 8000)] });
    const refused = await setByErrand(
      'b',
      { portMappings: [port(6, 8001)] },
      async () => 'refused',
    );
    expect(refused.change).toMatchObject({ verb: 'replace' });
    table.want(desired.set('c', kernelState({ portMappings: [port(7, 8002)] })));
    const errand = table.errand();
    if (errand) await kernel.changeElements(errand.change);
    expect(await table.commit(true)).toMatchObject({ verb: 'replace' });
    expect((await listed())?.size).toBe(9);
  });

  it('that was not sent is what the next commit does', async () => {
    const { set, setByErrand, table, desired } = start();
    await set('a', { portMappings: [port(5, 8000)] });
    const more = { portMappings: [port(6, 8001)] };
    const { change } = await setByErrand('b', more, async () => 'unsent');
    expect(change).toMatchObject({ verb: 'change' });
    expect(change?.elements).toHaveLength(3);
    // Nor is it missed when nobody wants it any more.
    table.want(desired.set('c', kernelState({ portMappings: [port(7, 8002)] })));
    table.errand()?.settle('unsent');
    table.want(desired.set('c', kernelState({})));
    expect(table.errand()).toBeUndefined();
    expect(await table.commit(true)).toBeUndefined();
    expect(await table.look(true)).toBeUndefined();
  });

  it('that was taken is told of together with what changed since', async () => {
    const { kernel, set, table, desired } = start();
    await set('a', { portMappings: [port(5, 8000)] });
    table.want(desired.set('b', kernelState({ portMappings: [port(6, 8001)] })));
    const errand = table.errand();
    if (errand) await kernel.changeElements(errand.change);
    errand?.settle('taken');
    table.want(desired.set('c', kernelState({ portMappings: [port(7, 8002)] })));
    const change = await table.commit(true);
    expect(change).toMatchObject({ verb: 'change' });
    expect(change?.elements).toHaveLength(6);
    expect(await table.look(true)).toBeUndefined();
  });
});

describe('a table of an earlier run', () => {
  it('keeps its elements until pruning, so that no pod loses its ports meanwhile', async () => {
    const earlier = start();
    const masquerade: MasqueradeState[] = [{ role: 'source', cidr: parseCidr('10.244.0.0/16') }];
    await earlier.set('masquerade', { masquerade });
    await earlier.set('a', { portMappings: [port(5, 8000), port(6, 8001)] });
    const { table, desired, listed } = start(earlier.kernel);
    expect(await table.look(false)).toBeUndefined();
    table.want(desired.set('b', kernelState({ portMappings: [port(7, 8000)] })));
    await table.commit(false);
    const kept = await listed();
    expect(kept?.get('any_port_to_ip_ipv4 { tcp . 8000 }')?.value).toBe('10.244.0.7');
    expect(kept?.get('any_port_to_ip_ipv4 { tcp . 8001 }')?.value).toBe('10.244.0.6');
    expect(kept?.has('source_ipv4 { 10.244.0.0/16 }')).toBe(true);
    await table.look(true);
    expect([...((await listed())?.keys() ?? [])].sort()).toEqual(
      [...elementsOf(desired.items).keys()].sort(),
    );
  });

  it('gives way where its intervals overlap with what is wanted', async () => {
    const earlier = start();
    const exempt = (cidr: string): MasqueradeState => ({ role: 'exempt', cidr: parseCidr(cidr) });
    await earlier.set('masquerade', { masquerade: [exempt('10.1.0.0/16'), exempt('10.2.0.0/16')] });
    const { table, desired, listed } = start(earlier.kernel);
    table.want(desired.set('m', kernelState({ masquerade: [exempt('10.1.0.0/20')] })));
    await table.commit(false);
    expect([...((await listed())?.keys() ?? [])].sort()).toEqual([
      'exempt_ipv4 { 10.1.0.0/20 }',
      'exempt_ipv4 { 10.2.0.0/16 }',
    ]);
  });
});

const anyPort = fc
  .record({
    pod: fc.integer({ min: 5, max: 8 }),
    hostPort: fc.integer({ min: 8000, max: 8003 }),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    hostIp: fc.constantFrom(undefined, parseIp('192.168.7.1')),
    target: fc.integer({ min: 80, max: 81 }),
    hairpin: fc.constantFrom('10.244.0.0/24', '10.244.0.5/32'),
  })
  .map(
    ({ pod, hostPort, protocol, hostIp, target, hairpin }): PortMappingState => ({
      ...port(pod, hostPort, { protocol, port: target, hairpin: parseCidr(hairpin) }),
      ...(hostIp && { hostIp }),
    }),
  );
const anyCidr = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '172.16.0.0/12');
const anyMasquerade = fc
  .record({ role: fc.constantFrom('source' as const, 'exempt' as const), cidr: anyCidr })
  .map(({ role, cidr }): MasqueradeState => ({ role, cidr: parseCidr(cidr) }));
const anyPlainSource = fc.record({ pod: fc.integer({ min: 5, max: 6 }), dst: anyCidr }).map(
  ({ pod, dst }): PlainSourceState => ({
    source: parseIp(`10.244.0.${pod}`),
    dst: parseCidr(dst),
  }),
);
const anyLink = fc.constantFrom('pop5', 'pop6').map((link) => ({ link }));
const anyStep = fc.record({
  fate: fc.constantFrom('commit', 'taken', 'refused', 'unsent'),
  owner: fc.constantFrom('a', 'b', 'c'),
  state: fc.record({
    portMappings: fc.array(anyPort, { maxLength: 4 }),
    masquerade: fc.array(anyMasquerade, { maxLength: 3 }),
    plainSources: fc.array(anyPlainSource, { maxLength: 3 }),
    isolations: fc.array(anyLink, { maxLength: 2 }),
    loopbackRoutes: fc.array(anyLink, { maxLength: 2 }),
  }),
});

it('holds after any changes, element by element, what the whole table would hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), async (steps) => {
      const { kernel, table, desired, set, setByErrand, listed, pass } = start();
      let served: readonly ChainGroup[] = [];
      for (const { owner, state, fate } of steps) {
        const { isErrand, change } =
          fate === 'commit'
            ? { isErrand: false, change: await set(owner, state) }
            : await setByErrand(owner, state, async (elements) => {
                if (fate === 'taken') await kernel.changeElements(elements);
                return fate;
              });
        const wanted = elementsOf(desired.items);
        const byText = (elements: Elements) =>
          new Map([...elements].map(([slot, { value }]) => [slot, value]));
        expect(byText((await listed()) ?? bySlot([]))).toEqual(byText(wanted));
        const needed = chainGroupsFor(wanted.values());
        const isServed = needed.every((group) => served.includes(group));
        const isAnew = !isServed || (isErrand && fate === 'refused');
        expect(change?.verb === 'replace').toBe(isAnew);
        const isTrimmed = !isAnew && needed.length > 0 && needed.length < served.length;
        pass(60_000);
        expect((await table.look(true))?.verb).toBe(isTrimmed ? 'trim' : undefined);
        served = needed;
      }
    }),
  );
});
