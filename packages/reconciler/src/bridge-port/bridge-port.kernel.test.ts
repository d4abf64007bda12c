import { execFileSync } from 'node:child_process';
import { type BridgePortState, kernelState } from '@poplin/backend';
import { parseMac } from '@poplin/net';
import { linkAdd, linkSet } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { ip } from '../../test-support/tools.js';
import { expectRest, told, underlayStage } from '../../test-support/underlay-stage.js';

const stage = underlayStage();

const link = 'pop0123456789a';
const alias = 'poplin:attachment';
const bridges = kernelState({
  links: [{ kind: 'bridge', name: 'poplin0', mtu: 1500, mac: parseMac('0a:58:a9:fe:01:01') }],
});
const port: BridgePortState = { link, bridge: 'poplin0', hairpin: true, isolated: true };
const ports = (change: Partial<BridgePortState> = {}) =>
  kernelState({ bridgePorts: [{ ...port, ...change }] });

/** Makes the link of a pod, as an earlier run of the daemon did. */
function makePod(name = link): void {
  ip('link', 'add', name, 'up', 'type', 'veth', 'peer', 'name', 'pod0');
  ip('link', 'set', name, 'alias', alias);
  ip('link', 'set', 'pod0', 'up');
}

/** Its bridge and its options, as `ip` shows them. */
function portOf(name: string): unknown {
  const [{ master, linkinfo } = {}] = told('link', 'show', name);
  const { info_slave_data: options } = (linkinfo ?? {}) as {
    readonly info_slave_data?: { readonly hairpin: boolean; readonly isolated: boolean };
  };
  return options ? { master, hairpin: options.hairpin, isolated: options.isolated } : { master };
}
const right = { master: 'poplin0', hairpin: true, isolated: true };
const expectRight = () => expect(portOf(link)).toEqual(right);

/** A pod's link in its bridge. */
async function start(): Promise<void> {
  await stage.reconciler.set('blocks', bridges);
  makePod();
  await stage.reconciler.set('pod', ports());
  expectRight();
}

describe('ports of a bridge', () => {
  it('are made with their options, changed, and read back as they were asked for', async () => {
    await start();
    await expectRest(stage.reconciler);
    await stage.reconciler.set('pod', ports({ isolated: false }));
    expect(portOf(link)).toEqual({ ...right, isolated: false });
    await expectRest(stage.reconciler);
  });

  it('are made by the same job as their link, without a look', async () => {
    await stage.reconciler.set('blocks', bridges);
    await stage.reconciler.look();
    await stage.settled();
    stage.reasons();
    const { netlink } = stage.reconciler;
    const { ifindex: masterIfindex } = await netlink.link.get({ name: 'poplin0' });
    const ifindex = 4711;
    const peer = { name: 'pod0' };
    const spec = { name: link, kind: 'veth', ifindex, masterIfindex, up: true, peer } as const;
    await stage.reconciler.set('pod', ports(), {
      known: [{ name: link, ifindex, masterIfindex, alias }],
      first: [{ on: netlink, requests: [linkAdd(spec), linkSet({ name: 'pod0' }, { up: true })] }],
      also: [linkSet({ ifindex }, { alias })],
    });
    // The events are read before `ip` keeps this thread waiting: so late they would be news.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expectRight();
    await stage.settled();
    expect(stage.reasons()).toEqual([]);
    await expectRest(stage.reconciler);
  });

  it('wait for their bridge and for their link', async () => {
    await stage.reconciler.set('pod', ports()).catch(() => undefined);
    expect((await stage.reconciler.look()).waiting).toHaveLength(1);
    makePod();
    await stage.settled();
    expect((await stage.reconciler.look()).waiting).toHaveLength(1);
    expect(portOf(link)).toEqual({});
    await stage.reconciler.set('blocks', bridges);
    await stage.repaired('a port whose bridge comes last', expectRight);
  });

  it.each([
    ['is taken out', `link set ${link} nomaster`],
    ['is put into another bridge', `link add br9 type bridge; link set ${link} master br9`],
    ['loses its bridge', 'link delete poplin0'],
    ['loses its bridge to one that is deleted in turn', 'link delete poplin0; link delete poplin0'],
  ])('are put right when one %s', async (what, commands) => {
    await start();
    for (const command of commands.split('; ')) {
      await stage.repaired('the bridge', () => void ip('link', 'show', 'poplin0'));
      ip(...command.split(' '));
    }
    await stage.repaired(`a port that ${what}`, expectRight);
    await stage.settled();
    await expectRest(stage.reconciler);
  });

  it.each([
    ['ip', `link set ${link} type bridge_slave hairpin off isolated off`],
    ['bridge', `link set dev ${link} hairpin off`],
  ] as const)('get their options again when %s changes them', async (program, command) => {
    await start();
    await stage.settled();
    await stage.reconciler.exclusive(async () => void execFileSync(program, command.split(' ')));
    // Behind it in the queue, but before the look that mends it.
    expect(await stage.reconciler.compare(['pod'])).toEqual([`bridge port ${link} was changed`]);
    await stage.repaired('options of a port', expectRight);
    expect(stage.reasons().join()).toMatch(`options of port ${link} were changed`);
    await stage.settled();
    await expectRest(stage.reconciler);
  });

  it('that are out are seen by a comparison', async () => {
    await start();
    await stage.reconciler.exclusive(async () => ip('link', 'set', link, 'nomaster'));
    // Behind it in the queue, but before the look that mends it.
    expect(await stage.reconciler.compare(['pod'])).toEqual([`bridge port ${link} is missing`]);
  });

  it('of others stay as they are, and so does a link that nobody wants in a bridge', async () => {
    await start();
    makePodWithoutWish();
    ip('link', 'add', 'their0', 'master', 'poplin0', 'type', 'veth', 'peer', 'name', 'their1');
    ip('link', 'set', 'their0', 'type', 'bridge_slave', 'hairpin', 'on');
    stage.reconciler.allowPruning();
    await stage.settled();
    await expectRest(stage.reconciler);
    expect(portOf('their0')).toEqual({ master: 'poplin0', hairpin: true, isolated: false });
    expect(portOf('popbbbbbbbbbbb')).toEqual({});
    await stage.reconciler.remove('pod');
    expectRight();
  });

  it('are not made of a bridge that somebody else has put in the place of ours, until that is gone', async () => {
    await start();
    await stage.reconciler.exclusive(async () => {
      ip('link', 'delete', 'poplin0');
      ip('link', 'add', 'poplin0', 'type', 'bridge');
    });
    await stage.settled();
    const { failed } = await stage.reconciler.look();
    expect(failed.map(({ error }) => error)).toMatchObject([
      { code: 'FOREIGN_OBJECT' },
      { code: 'FOREIGN_OBJECT' },
    ]);
    expect(portOf(link)).toEqual({});
    await stage.settled();
    ip('link', 'delete', 'poplin0');
    await stage.repaired('a port whose bridge is free again', expectRight);
  });

  it('are not made of a link of that name that Poplin did not make', async () => {
    await stage.reconciler.set('blocks', bridges);
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'pod0');
    await expect(stage.reconciler.set('pod', ports())).rejects.toMatchObject({
      code: 'FOREIGN_OBJECT',
    });
    expect(portOf(link)).toEqual({});
  });
});

function makePodWithoutWish(): void {
  ip('link', 'add', 'popbbbbbbbbbbb', 'type', 'veth', 'peer', 'name', 'pod1');
  ip('link', 'set', 'popbbbbbbbbbbb', 'alias', alias);
}
