import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { type KernelState, kernelState } from '@poplin/backend';
import { hostCidr, parseCidr, parseIp, parseMac } from '@poplin/net';
import { type HandleBatch, linkAdd, linkDel, linkSet } from '@poplin/netlink';
import { describe, expect, it, vi } from 'vitest';
import { ip } from '../test-support/tools.js';
import { expectRest, lines, underlayStage } from '../test-support/underlay-stage.js';

const stage = underlayStage();

const podLink = (number: number) => ({
  name: `pop0000000000${number}`,
  ifindex: 4700 + number,
  alias: `poplin:test/${number}`,
});
const podIp = (number: number) => parseIp(`10.244.0.${number}`);

/** What the host needs for a pod with a port, one of the node's for its 80. */
function podState(number: number): KernelState {
  const { name: link } = podLink(number);
  const own = podIp(number);
  const mapping = { protocol: 'tcp', ip: own, port: 80, hairpin: hostCidr(own) } as const;
  return kernelState({
    routes: [{ type: 'unicast', dst: hostCidr(own), link }],
    portMappings: [{ ...mapping, hostPort: 8000 + number }],
    loopbackRoutes: [{ link }],
  });
}

/** Makes a pod's link and sets its state, as an ADD does. */
function add(number: number, first: readonly HandleBatch[] = []) {
  const { reconciler } = stage;
  const link = podLink(number);
  const { name, ifindex, alias } = link;
  const pair = linkAdd({ name, kind: 'veth', ifindex, up: true, peer: { name: `far${number}` } });
  return reconciler.set(name, podState(number), {
    known: [link],
    first: [{ on: reconciler.netlink, requests: [pair] }, ...first],
    also: [linkSet({ ifindex }, { alias })],
  });
}

const nft = (...commands: string[]): string =>
  execFileSync('nft', [commands.join('; ')], { encoding: 'utf8' });
const portsInTable = (): string[] =>
  [...nft('list map inet poplin any_port_to_ip_ipv4').matchAll(/tcp \. (\d+)/g)].map(
    ([, port = '']) => port,
  );
const guardedLinks = (): string[] =>
  [...nft('list set inet poplin loopback_routes').matchAll(/"(\S+)"/g)].map(
    ([, link = '']) => link,
  );
const routesLoopback = (number: number): boolean =>
  execFileSync('sysctl', ['-n', `net.ipv4.conf.${podLink(number).name}.route_localnet`], {
    encoding: 'utf8',
  }).trim() === '1';
const hasRoute = (number: number): boolean =>
  lines('ip', '-4', 'route', 'show', 'proto', '112').some((line) =>
    line.startsWith(`${podIp(number)} dev ${podLink(number).name}`),
  );

/**
 * Has another process make the table its own, which puts it out of reach of all others until that process ends. The event loop does
 * not turn meanwhile, so the reconciler does not hear of it.
 */
function takeTable(owner: ChildProcess): void {
  owner.stdin?.write('delete table inet poplin; add table inet poplin { flags owner; }\n');
  for (let tries = 0; tries < 1000; tries++) {
    if (/flags owner/.test(nft('list table inet poplin'))) return;
  }
  throw new Error('nobody owns the table');
}

describe('what comes and goes with a pod', () => {
  it('is there when it is answered: link, route, port, guard, and only then what it guards', async () => {
    await add(1);
    await add(2);
    expect(portsInTable().sort()).toEqual(['8001', '8002']);
    expect(guardedLinks().sort()).toEqual([podLink(1).name, podLink(2).name]);
    expect([routesLoopback(2), hasRoute(2)]).toEqual([true, true]);
    await expectRest(stage.reconciler);
  });

  it('is gone when its going is answered, and leaves the others alone', async () => {
    await add(1);
    await add(2);
    const { reconciler } = stage;
    const { name, ifindex } = podLink(2);
    const { also } = await reconciler.remove(name, {
      known: [podLink(2)],
      also: [linkSet({ ifindex }, { up: false })],
    });
    expect(also).toEqual([undefined]);
    expect([portsInTable(), guardedLinks()]).toEqual([['8001'], [podLink(1).name]]);
    expect([routesLoopback(1), routesLoopback(2), hasRoute(2)]).toEqual([true, false, false]);
    await expectRest(reconciler);
  });

  it('is not in the table when its link could not be made', async () => {
    await add(1);
    const failing = { on: stage.reconciler.netlink, requests: [linkDel({ name: 'none' })] };
    await expect(add(2, [failing])).rejects.toMatchObject({ code: 'ENODEV' });
    expect(portsInTable()).toEqual(['8001']);
    ip('link', 'delete', podLink(2).name);
    await add(2);
    expect(portsInTable().sort()).toEqual(['8001', '8002']);
    await expectRest(stage.reconciler);
  });

  it('has its port and its guard although somebody else has changed the table before', async () => {
    await add(1);
    // Nothing is heard of it before the pod comes: nobody else has had a turn.
    nft(
      'flush chain inet poplin loopback_guard',
      'delete chain inet poplin loopback_guard',
      'delete set inet poplin loopback_routes',
    );
    await add(2);
    expect(portsInTable().sort()).toEqual(['8001', '8002']);
    expect(guardedLinks().sort()).toEqual([podLink(1).name, podLink(2).name]);
    expect([routesLoopback(2), hasRoute(2)]).toEqual([true, true]);
    await expectRest(stage.reconciler);
  });

  it('has no loopback route as long as the table is out of reach, but all the rest', async () => {
    await add(1);
    const owner = spawn('nft', ['-i'], { stdio: ['pipe', 'ignore', 'inherit'] });
    try {
      takeTable(owner);
      await expect(add(2)).rejects.toMatchObject({ code: 'KERNEL_REFUSED' });
      expect([routesLoopback(2), hasRoute(2)]).toEqual([false, true]);
    } finally {
      owner.kill('SIGKILL');
    }
    await vi.waitFor(() => expect(routesLoopback(2)).toBe(true), { timeout: 30_000 });
    expect(guardedLinks().sort()).toEqual([podLink(1).name, podLink(2).name]);
    await expectRest(stage.reconciler);
  });
});

describe('a change that takes several steps beside the table', () => {
  it('is made in its order: the link, and what goes over it', async () => {
    await add(1);
    const { reconciler } = stage;
    const bridge = {
      name: 'poplin0',
      kind: 'bridge',
      mtu: 1400,
      mac: parseMac('0a:58:a9:fe:01:01'),
    } as const;
    await reconciler.set(
      'bridge',
      kernelState({
        links: [bridge],
        routes: [{ type: 'unicast', dst: parseCidr('10.244.9.0/24'), link: 'poplin0' }],
        loopbackRoutes: [{ link: 'poplin0' }],
      }),
    );
    expect(guardedLinks().sort()).toEqual([podLink(1).name, 'poplin0']);
    await expectRest(reconciler);
  });
});
