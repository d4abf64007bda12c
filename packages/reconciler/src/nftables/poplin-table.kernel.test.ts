import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { kernelState, type PortMappingState } from '@poplin/backend';
import { hostCidr, parseCidr, parseIp, silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestHost, testHost } from '../../test-support/host.js';
import { Reconciler } from '../reconciler.js';

let host: TestHost;
let reconciler: Reconciler;

beforeAll(() => {
  host = testHost('node');
  using netns = openNetns(host.path);
  enterNetns(netns);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});
beforeEach(() => {
  reconciler = new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000 });
});
afterEach(async () => {
  await reconciler[Symbol.asyncDispose]();
  host.exec('nft', 'flush', 'ruleset');
});

const port = (pod: number, hostPort: number, more: Partial<PortMappingState> = {}) => {
  const ip = more.ip ?? parseIp(`10.244.${pod >> 8}.${pod & 255}`);
  return { protocol: 'tcp', hostPort, ip, port: 80, hairpin: hostCidr(ip), ...more } as const;
};
const ports = (...portMappings: PortMappingState[]) => kernelState({ portMappings });

/** A set or map of the table, as `nft` lists it. */
const elementsOf = (kind: 'set' | 'map', name: string): unknown[] => {
  const { nftables } = JSON.parse(host.exec('nft', '-j', 'list', kind, 'inet', 'poplin', name));
  return nftables.find((object: object) => kind in object)[kind].elem ?? [];
};
const tableHandle = (): number => {
  const { nftables } = JSON.parse(host.exec('nft', '-j', 'list', 'table', 'inet', 'poplin'));
  return nftables.find((object: object) => 'table' in object).table.handle;
};

/** What `nft monitor` says of changes, line by line. */
async function watched(change: () => Promise<unknown>): Promise<string[]> {
  const monitor: ChildProcess = spawn('nsenter', [`--net=${host.path}`, 'nft', 'monitor'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  monitor.stdout?.on('data', (data) => {
    text += data;
  });
  const lines = (): string[] => text.split('\n').filter((line) => line !== '');
  try {
    // It listens when it hears of a table that comes and goes.
    await vi.waitFor(
      () => {
        execFileSync('nft', ['add table ip probe; delete table ip probe']);
        expect(text).toMatch(/delete table ip probe/);
      },
      { timeout: 30_000, interval: 50 },
    );
    await change();
    execFileSync('nft', ['add table ip over']);
    await vi.waitFor(() => expect(text).toMatch(/add table ip over\n/), { timeout: 30_000 });
  } finally {
    monitor.kill();
  }
  const start = lines().findLastIndex((line) => line.includes('table ip probe')) + 2;
  return lines().slice(
    start,
    lines().findIndex((line) => line.includes('table ip over')),
  );
}

describe('the table', () => {
  it('takes a port more as one transaction of elements alone', async () => {
    await reconciler.set('a', ports(port(5, 8000)));
    const handle = tableHandle();
    const lines = await watched(() =>
      reconciler.set('b', ports(port(6, 8001), port(6, 8002, { protocol: 'udp' }))),
    );
    const kinds = lines.map(
      (line) => line.match(/^add element inet poplin|^# new gen/)?.[0] ?? line,
    );
    expect([...new Set(kinds)]).toEqual(['add element inet poplin', '# new gen']);
    expect(kinds.indexOf('# new gen')).toBe(kinds.length - 1);
    expect(tableHandle()).toBe(handle);
    expect(elementsOf('map', 'any_port_to_ip_ipv4')).toHaveLength(3);
  });

  it('loses the elements of an owner that goes, and only those', async () => {
    await reconciler.set('a', ports(port(5, 8000)));
    const handle = tableHandle();
    await reconciler.set('b', ports(port(6, 8001, { hostIp: parseIp('192.168.7.1') })));
    await reconciler.remove('a');
    expect(tableHandle()).toBe(handle);
    expect(elementsOf('map', 'any_port_to_ip_ipv4')).toEqual([]);
    expect(elementsOf('map', 'one_port_to_ip_ipv4')).toEqual([
      [{ concat: ['192.168.7.1', 'tcp', 8001] }, '10.244.0.6'],
    ]);
    expect(elementsOf('set', 'hairpin_ipv4')).toEqual([{ concat: ['10.244.0.6', '10.244.0.6'] }]);
  });

  it('gives a port to another pod in place', async () => {
    await reconciler.set('a', ports(port(5, 8000)));
    const handle = tableHandle();
    await reconciler.set('a', ports(port(6, 8000, { port: 81 })));
    expect(tableHandle()).toBe(handle);
    expect(elementsOf('map', 'any_port_to_ip_ipv4')).toEqual([
      [{ concat: ['tcp', 8000] }, '10.244.0.6'],
    ]);
    expect(elementsOf('map', 'any_port_to_port_ipv4')).toEqual([[{ concat: ['tcp', 8000] }, 81]]);
  });

  it('changes prefixes in place, also where a wider one takes the place of narrower ones', async () => {
    const source = (...cidrs: string[]) =>
      kernelState({
        masquerade: cidrs.map((cidr) => ({ role: 'source', cidr: parseCidr(cidr) })),
        plainSources: cidrs.map((cidr) => ({
          source: parseIp('10.244.0.5'),
          dst: parseCidr(cidr),
        })),
      });
    await reconciler.set('m', source('10.1.0.0/16', '10.2.0.0/16'));
    await reconciler.set('m', source('10.0.0.0/8'));
    expect(elementsOf('set', 'source_ipv4')).toEqual([{ prefix: { addr: '10.0.0.0', len: 8 } }]);
    await reconciler.set('m', source('10.2.0.0/16', '10.3.0.0/16', '0.0.0.0/1'));
    await reconciler.set('m', source('0.0.0.0/0'));
    expect(elementsOf('set', 'source_ipv4')).toEqual([{ prefix: { addr: '0.0.0.0', len: 0 } }]);
    expect(elementsOf('set', 'plain_ipv4')).toEqual([
      { concat: ['10.244.0.5', { prefix: { addr: '0.0.0.0', len: 0 } }] },
    ]);
    expect((await reconciler.look()).changed).toEqual([]);
  });

  it('is not made where nobody wants anything of it', async () => {
    const lines = await watched(() => reconciler.set('a', kernelState({})));
    expect(lines).toEqual([]);
    expect(host.exec('nft', 'list', 'ruleset')).not.toMatch(/poplin/);
  });

  it('is found right by every look, whatever is in it', async () => {
    await reconciler.set(
      'all',
      kernelState({
        portMappings: [
          port(5, 8000),
          port(5, 8000, { protocol: 'sctp', hostIp: parseIp('192.168.7.1') }),
          port(6, 53, { protocol: 'udp', hairpin: parseCidr('10.244.0.0/26') }),
          port(0, 443, { ip: parseIp('fd10::5'), hostIp: parseIp('fd77::1') }),
          port(0, 444, { ip: parseIp('fd10::6'), hairpin: parseCidr('fd10::/64') }),
        ],
        plainSources: [
          { source: parseIp('10.244.0.5'), dst: parseCidr('192.168.0.0/16') },
          { source: parseIp('fd10::5'), dst: parseCidr('::/0') },
          { source: parseIp('fd10::6'), dst: parseCidr('fd77::1/128') },
        ],
        masquerade: [
          { role: 'source', cidr: parseCidr('fd10::/56') },
          { role: 'exempt', cidr: parseCidr('192.168.7.1/32') },
          { role: 'exempt', cidr: parseCidr('192.168.7.2/31') },
        ],
        isolations: [{ link: 'pop0123456789a' }, { link: 'pop1' }],
        tunnels: [{ protocol: 'udp', port: 8472 }, { protocol: 'ipip' }, { protocol: 'ip6ip6' }],
        forwards: ['10.244.0.0/16', '10.244.1.0/24', '0.0.0.0/0', 'fd10::/56', 'fd77::1/128'].map(
          (cidr) => ({ cidr: parseCidr(cidr) }),
        ),
      }),
    );
    expect((await reconciler.look()).changed).toEqual([]);
    await reconciler.set('more', ports(port(9, 9000)));
    expect((await reconciler.look()).changed).toEqual([]);
  });
});

describe('a chain', () => {
  const chains = (): string[] => {
    const { nftables } = JSON.parse(host.exec('nft', '-j', 'list', 'table', 'inet', 'poplin'));
    return nftables.flatMap((object: { chain?: { name: string } }) => object.chain?.name ?? []);
  };

  it('that no element needs is not there, so that no packet pays for it', async () => {
    const masquerade = [{ role: 'source', cidr: parseCidr('10.244.0.0/16') }] as const;
    await reconciler.set('masquerade', kernelState({ masquerade }));
    expect(chains()).toEqual(['postrouting']);
    await reconciler.set('pod', kernelState({ isolations: [{ link: 'pop0123456789a' }] }));
    expect(chains()).toEqual(['isolation', 'postrouting']);
    await reconciler.remove('pod');
    await reconciler.look();
    expect(chains()).toEqual(['isolation', 'postrouting']);
  });

  it('that serves nothing any more is taken out by a look, when its rest is over', async () => {
    await using hasty = new Reconciler({
      ...{ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000, chainRest: 0 },
    });
    const masquerade = [{ role: 'source', cidr: parseCidr('10.244.0.0/16') }] as const;
    await hasty.set('masquerade', kernelState({ masquerade }));
    await hasty.set('pod', kernelState({ isolations: [{ link: 'pop0123456789a' }] }));
    await hasty.remove('pod');
    await hasty.look();
    expect(chains()).toEqual(['postrouting']);
    expect(elementsOf('set', 'source_ipv4')).toHaveLength(1);
  });
});

describe('a foreign hand', () => {
  const twoPorts = ports(port(5, 8000), port(6, 8001));
  const right = (): boolean => elementsOf('map', 'any_port_to_ip_ipv4').length === 2;

  it.each([
    ['flush ruleset'],
    ['delete table inet poplin'],
    ['flush map inet poplin any_port_to_ip_ipv4'],
    ['delete element inet poplin any_port_to_port_ipv4 { tcp . 8001 }'],
    ['flush chain inet poplin host_ports'],
    ['add rule inet poplin output drop'],
    ['add chain inet poplin isolation'],
  ])('that says "%s" is mended', async (command) => {
    await reconciler.set('a', twoPorts);
    const before = host.exec('nft', 'list', 'table', 'inet', 'poplin');
    host.exec('nft', command);
    await vi.waitFor(
      () => expect(host.exec('nft', 'list', 'table', 'inet', 'poplin')).toBe(before),
      { timeout: 30_000 },
    );
    expect(right()).toBe(true);
  });

  it('right behind a change of ours is seen at once, and our own change is not looked at', async () => {
    const reasons: unknown[] = [];
    const debug = ({ reason }: Readonly<Record<string, unknown>>): void =>
      void reasons.push(reason);
    await reconciler[Symbol.asyncDispose]();
    const sysctls = { keepEarlier() {} };
    reconciler = new Reconciler({ log: { ...silentLog, debug }, sysctls, period: 60_000 });
    await reconciler.set('a', twoPorts);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reasons).toEqual([]);
    host.exec('nft', 'flush', 'map', 'inet', 'poplin', 'any_port_to_ip_ipv4');
    await vi.waitFor(() => expect(right()).toBe(true), { timeout: 30_000, interval: 5 });
    expect(reasons).toEqual(['the nftables ruleset changed']);
  });

  it('does not keep an ADD that comes right behind it from succeeding', async () => {
    await reconciler.set('a', ports(port(5, 8000)));
    execFileSync('nft', ['flush', 'ruleset']);
    await reconciler.set('b', ports(port(6, 8001)));
    expect(right()).toBe(true);
  });

  it('in another table is left alone, and leads to no change of ours', async () => {
    await reconciler.set('a', twoPorts);
    const handle = tableHandle();
    host.exec('nft', 'add', 'table', 'inet', 'firewalld');
    expect((await reconciler.look()).changed).toEqual([]);
    expect(tableHandle()).toBe(handle);
    expect(host.exec('nft', 'list', 'tables')).toMatch(/firewalld/);
  });
});

describe('our own changes', () => {
  it('come to rest: nothing is written after them', async () => {
    await reconciler.set('a', ports(port(5, 8000)));
    await vi.waitFor(async () => expect((await reconciler.look()).changed).toEqual([]), {
      timeout: 30_000,
    });
    const lines = await watched(async () => {
      await reconciler.look();
      await reconciler.look();
    });
    expect(lines).toEqual([]);
  });
});

describe('an earlier run', () => {
  it('leaves its table to the next, which drops what nobody wants when it may prune', async () => {
    await reconciler.set('a', ports(port(5, 8000), port(6, 8001)));
    await reconciler[Symbol.asyncDispose]();
    reconciler = new Reconciler({ log: silentLog, sysctls: { keepEarlier() {} }, period: 60_000 });
    await reconciler.adopt(new Map([['b', ports(port(6, 8001))]]));
    // A look that an event has asked for meanwhile would prune in the place of ours.
    await reconciler.exclusive(async () => undefined);
    expect(elementsOf('map', 'any_port_to_ip_ipv4')).toHaveLength(2);
    reconciler.allowPruning();
    expect((await reconciler.look()).changed).toEqual(['replace table inet poplin']);
    expect(elementsOf('map', 'any_port_to_ip_ipv4')).toEqual([
      [{ concat: ['tcp', 8001] }, '10.244.0.6'],
    ]);
  });
});
