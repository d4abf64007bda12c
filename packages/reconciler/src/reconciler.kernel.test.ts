import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type KernelState, kernelState, type RouteState } from '@poplin/backend';
import { parseCidr, parseIp, parseMac, silentLog } from '@poplin/net';
import { enterNetns, openNetns } from '@poplin/netlink';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reconciler } from './reconciler.js';

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const ipJson = <T>(...args: string[]): T => JSON.parse(ip('-j', ...args) || '[]') as T;
const nft = (...args: string[]): string =>
  execFileSync('nft', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Routes of Poplin's as `ip` shows them: destination and next hop. */
const ownRoutes = (): string[] =>
  ipJson<{ dst: string; gateway?: string; type?: string }[]>('route', 'show', 'proto', '112')
    .map(
      ({ dst, gateway, type }) =>
        `${type ? `${type} ` : ''}${dst}${gateway ? ` via ${gateway}` : ''}`,
    )
    .sort();

const route = (dst: string, via?: string): RouteState => ({
  type: 'unicast',
  dst: parseCidr(dst),
  link: 'eth0',
  ...(via !== undefined && { via: parseIp(via) }),
});
const routes = (...list: RouteState[]): KernelState => kernelState({ routes: list });

const namespace = `pt${randomBytes(4).toString('hex')}-rec`;

/** Every file of this rung is a process of its own, which may move for good. */
beforeAll(() => {
  ip('netns', 'add', namespace);
  using netns = openNetns(`/run/netns/${namespace}`);
  enterNetns(netns);
});
afterAll(() => {
  ip('netns', 'delete', namespace);
});

let reconciler: Reconciler;
const earlier = new Map<string, string>();
beforeEach(() => {
  ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0');
  ip('link', 'set', 'far0', 'up');
  ip('link', 'set', 'eth0', 'up');
  ip('address', 'add', '192.168.7.1/24', 'dev', 'eth0');
  earlier.clear();
  reconciler = new Reconciler({
    log: silentLog,
    sysctls: { keepEarlier: (key, value) => void earlier.set(key, value) },
    period: 60_000,
  });
});
afterEach(async () => {
  await reconciler[Symbol.asyncDispose]();
  ip('link', 'delete', 'eth0');
  for (const args of [
    ['link', 'delete', 'poplin0'],
    ['route', 'flush', 'proto', '112'],
    ['route', 'flush', 'proto', 'static'],
  ]) {
    try {
      execFileSync('ip', args, { stdio: 'ignore' });
    } catch {
      // It was not there.
    }
  }
  nft('flush', 'ruleset');
});

describe('set', () => {
  it('makes what an owner wants, and takes it back when it wants it no more', async () => {
    await reconciler.set(
      'a',
      routes(route('10.1.0.0/24', '192.168.7.2'), {
        type: 'blackhole',
        dst: parseCidr('10.9.0.0/24'),
      }),
    );
    expect(ownRoutes()).toEqual(['10.1.0.0/24 via 192.168.7.2', 'blackhole 10.9.0.0/24']);
    await reconciler.set('a', routes(route('10.1.0.0/24', '192.168.7.3')));
    expect(ownRoutes()).toEqual(['10.1.0.0/24 via 192.168.7.3']);
    await reconciler.remove('a');
    expect(ownRoutes()).toEqual([]);
  });

  it('makes a bridge that is up, with its MAC, MTU and alias, and routes over it', async () => {
    const mac = parseMac('0a:58:a9:fe:01:01');
    await reconciler.set(
      'blocks',
      kernelState({
        links: [{ name: 'poplin0', kind: 'bridge', mtu: 1450, mac }],
        routes: [
          {
            type: 'unicast',
            dst: parseCidr('10.1.0.0/26'),
            link: 'poplin0',
            source: parseIp('192.168.7.1'),
          },
        ],
      }),
    );
    const [link] = ipJson<Record<string, unknown>[]>('-d', 'link', 'show', 'poplin0');
    expect(link).toMatchObject({ mtu: 1450, address: mac, ifalias: 'poplin:bridge' });
    expect(link?.flags).toContain('UP');
    const [made] = ipJson<Record<string, unknown>[]>('route', 'show', 'proto', '112');
    expect(made).toMatchObject({
      dst: '10.1.0.0/26',
      dev: 'poplin0',
      prefsrc: '192.168.7.1',
      scope: 'link',
    });
  });

  it('makes permanent neighbours with protocol 112', async () => {
    const mac = parseMac('0a:58:0a:01:00:05');
    const neighbours = [{ link: 'eth0', ip: parseIp('192.168.7.9'), mac }];
    await reconciler.set('a', kernelState({ neighbours }));
    const [found] = ipJson<Record<string, unknown>[]>(
      '-d',
      'neighbour',
      'show',
      '192.168.7.9',
      'dev',
      'eth0',
    );
    expect(found).toMatchObject({ lladdr: mac, state: ['PERMANENT'], protocol: '112' });
  });

  it('sets a sysctl and records what it was', async () => {
    execFileSync('sysctl', ['-qw', 'net.ipv4.ip_forward=0']);
    await reconciler.set(
      'a',
      kernelState({ sysctls: [{ key: 'net/ipv4/ip_forward', value: '1' }] }),
    );
    expect(execFileSync('sysctl', ['-n', 'net.ipv4.ip_forward'], { encoding: 'utf8' }).trim()).toBe(
      '1',
    );
    expect(earlier.get('net/ipv4/ip_forward')).toBe('0');
  });

  it('refuses to take the place of a foreign route, names it, and leaves it alone', async () => {
    ip('route', 'add', '10.1.0.0/24', 'via', '192.168.7.254', 'proto', 'static');
    await expect(
      reconciler.set('a', routes(route('10.1.0.0/24', '192.168.7.2'))),
    ).rejects.toMatchObject({
      code: 'FOREIGN_OBJECT',
      message: expect.stringContaining('10.1.0.0/24'),
    });
    expect(ip('route', 'show', '10.1.0.0/24')).toMatch(/via 192\.168\.7\.254 .*proto static/);
  });

  it('applies the rest when the kernel refuses one object', async () => {
    const unreachable = route('10.1.0.0/24', '172.31.0.1');
    await expect(
      reconciler.set('a', routes(unreachable, route('10.2.0.0/24', '192.168.7.2'))),
    ).rejects.toMatchObject({
      code: 'KERNEL_REFUSED',
      message: expect.stringContaining('10.1.0.0/24'),
    });
    expect(ownRoutes()).toEqual(['10.2.0.0/24 via 192.168.7.2']);
  });

  it('lets a route wait for its link, and makes it when the link appears', async () => {
    const waiting: RouteState = { type: 'unicast', dst: parseCidr('10.3.0.0/24'), link: 'late0' };
    await reconciler.set('a', routes(waiting)).catch(() => undefined);
    ip('link', 'add', 'late0', 'type', 'bridge');
    ip('link', 'set', 'late0', 'up');
    try {
      await vi.waitFor(() => expect(ownRoutes()).toEqual(['10.3.0.0/24']), { timeout: 30_000 });
    } finally {
      ip('link', 'delete', 'late0');
    }
  });
});

describe('repair', () => {
  it('puts back a route that somebody deleted', async () => {
    await reconciler.set('a', routes(route('10.1.0.0/24', '192.168.7.2')));
    ip('route', 'delete', '10.1.0.0/24');
    await vi.waitFor(() => expect(ownRoutes()).toEqual(['10.1.0.0/24 via 192.168.7.2']), {
      timeout: 30_000,
    });
  });

  it('puts right a route that somebody altered', async () => {
    await reconciler.set('a', routes(route('10.1.0.0/24', '192.168.7.2')));
    ip('route', 'replace', '10.1.0.0/24', 'via', '192.168.7.77', 'proto', '112');
    await vi.waitFor(() => expect(ownRoutes()).toEqual(['10.1.0.0/24 via 192.168.7.2']), {
      timeout: 30_000,
    });
  });

  it('puts back the routes that a link took with it when it went down', async () => {
    await reconciler.set('a', routes(route('10.1.0.0/24', '192.168.7.2')));
    ip('link', 'set', 'eth0', 'down');
    expect(ownRoutes()).toEqual([]);
    ip('link', 'set', 'eth0', 'up');
    await vi.waitFor(() => expect(ownRoutes()).toEqual(['10.1.0.0/24 via 192.168.7.2']), {
      timeout: 30_000,
    });
  });

  it('puts back the bridge with all that hung on it', async () => {
    const state = kernelState({
      links: [{ name: 'poplin0', kind: 'bridge', mtu: 1500, mac: parseMac('0a:58:a9:fe:01:01') }],
      routes: [{ type: 'unicast', dst: parseCidr('10.1.0.0/26'), link: 'poplin0' }],
    });
    await reconciler.set('blocks', state);
    ip('link', 'delete', 'poplin0');
    await vi.waitFor(() => expect(ownRoutes()).toEqual(['10.1.0.0/26']), { timeout: 30_000 });
  });

  it('puts back the nftables table after a flush of everything', async () => {
    const masquerade = [{ role: 'source', cidr: parseCidr('10.244.0.0/16') } as const];
    await reconciler.set('masquerade', kernelState({ masquerade }));
    expect(nft('list', 'table', 'inet', 'poplin')).toMatch(/masquerade/);
    nft('flush', 'ruleset');
    await vi.waitFor(() => expect(nft('list', 'table', 'inet', 'poplin')).toMatch(/masquerade/), {
      timeout: 30_000,
    });
  });

  it('puts right a rule that somebody took out of the table', async () => {
    const masquerade = [{ role: 'source', cidr: parseCidr('10.244.0.0/16') } as const];
    await reconciler.set('masquerade', kernelState({ masquerade }));
    nft('flush', 'chain', 'inet', 'poplin', 'postrouting');
    await vi.waitFor(
      () => expect(nft('list', 'table', 'inet', 'poplin')).toMatch(/ masquerade\n/),
      {
        timeout: 30_000,
      },
    );
  });
});

describe('pruning', () => {
  it('leaves what an earlier run made until it is allowed to prune', async () => {
    ip('route', 'add', '10.7.0.0/24', 'via', '192.168.7.2', 'proto', '112');
    await reconciler.look();
    expect(ownRoutes()).toEqual(['10.7.0.0/24 via 192.168.7.2']);
    reconciler.allowPruning();
    await reconciler.look();
    expect(ownRoutes()).toEqual([]);
  });

  it('takes over a route of an earlier run that is still wanted, without a gap', async () => {
    ip('route', 'add', '10.7.0.0/24', 'via', '192.168.7.2', 'proto', '112');
    await reconciler.set('a', routes(route('10.7.0.0/24', '192.168.7.2')));
    reconciler.allowPruning();
    expect((await reconciler.look()).changed).toEqual([]);
    expect(ownRoutes()).toEqual(['10.7.0.0/24 via 192.168.7.2']);
  });

  it('adopts what several owners have from an earlier run, and makes what is missing', async () => {
    ip('route', 'add', '10.7.0.0/24', 'via', '192.168.7.2', 'proto', '112');
    const { changed } = await reconciler.adopt(
      new Map([
        ['a', routes(route('10.7.0.0/24', '192.168.7.2'))],
        ['b', routes(route('10.7.1.0/24', '192.168.7.2'))],
      ]),
    );
    expect(changed).toEqual(['create route 10.7.1.0/24']);
    expect(ownRoutes()).toEqual(['10.7.0.0/24 via 192.168.7.2', '10.7.1.0/24 via 192.168.7.2']);
  });

  it('touches no look-alike of somebody else', async () => {
    ip('route', 'add', '10.8.0.0/24', 'via', '192.168.7.2', 'proto', 'static');
    ip('route', 'add', '10.8.1.0/24', 'via', '192.168.7.2', 'proto', '112', 'metric', '50');
    ip('link', 'add', 'poplin0', 'type', 'bridge');
    reconciler.allowPruning();
    await reconciler.look();
    expect(ip('route', 'show', 'proto', 'static')).toMatch(/10\.8\.0\.0\/24/);
    expect(ip('route', 'show', 'metric', '50')).toMatch(/10\.8\.1\.0\/24/);
    expect(ip('link', 'show', 'poplin0')).toMatch(/poplin0/);
  });

  it('finds nothing to do once all is right', async () => {
    await reconciler.set('a', routes(route('10.1.0.0/24', '192.168.7.2')));
    reconciler.allowPruning();
    await reconciler.look();
    expect(await reconciler.look()).toEqual({ changed: [], failed: [], waiting: [], notices: [] });
  });
});

describe('a comparison', () => {
  const wish = kernelState({
    routes: [route('10.1.0.0/26', '192.168.7.2')],
    masquerade: [{ role: 'source', cidr: parseCidr('10.0.0.0/8') }],
  });

  it('finds nothing where all is as its owners want it', async () => {
    await reconciler.set('a', wish);
    expect(await reconciler.compare(['a'])).toEqual([]);
  });

  it('tells what is missing and what was changed, of its owners alone', async () => {
    await reconciler.set('a', wish);
    await reconciler.set('b', routes(route('10.2.0.0/26', '192.168.7.2')));
    // One behind the other in the queue, so that no look mends anything in between.
    const harmed = reconciler.exclusive(async () => {
      ip('route', 'replace', '10.1.0.0/26', 'via', '192.168.7.3', 'proto', '112');
      ip('route', 'delete', '10.2.0.0/26');
      nft('delete', 'table', 'inet', 'poplin');
    });
    const [a, b] = [reconciler.compare(['a']), reconciler.compare(['b'])];
    await harmed;
    expect(await a).toEqual([
      'route 10.1.0.0/26 was changed',
      'masquerade source 10.0.0.0/8 is missing in table inet poplin',
    ]);
    expect(await b).toEqual(['route 10.2.0.0/26 is missing']);
  });

  it('takes elements for missing whose rules are gone', async () => {
    await reconciler.set('a', wish);
    nft('flush', 'chain', 'inet', 'poplin', 'postrouting');
    expect(await reconciler.compare(['a'])).toEqual([
      'masquerade source 10.0.0.0/8 is missing in table inet poplin',
    ]);
  });

  it('changes nothing', async () => {
    await reconciler.set('a', wish);
    ip('route', 'delete', '10.1.0.0/26');
    await reconciler.compare(['a']);
    expect(ownRoutes()).toEqual([]);
  });
});

describe('setting what many want', () => {
  it('applies all but what the kernel refuses, and tells by owner what that was', async () => {
    const { failures, refusal } = await reconciler.setAll(
      new Map([
        ['good', routes(route('10.2.0.0/24', '192.168.7.2'))],
        ['bad', routes(route('10.1.0.0/24', '172.31.0.1'), route('10.3.0.0/24', '192.168.7.2'))],
      ]),
    );
    expect([[...failures.keys()], refusal]).toEqual([['bad'], undefined]);
    expect(failures.get('bad')).toMatchObject([{ error: { code: 'KERNEL_REFUSED' } }]);
    expect(ownRoutes()).toEqual(['10.2.0.0/24 via 192.168.7.2', '10.3.0.0/24 via 192.168.7.2']);
  });

  it('takes back what they want no more, and keeps what others want', async () => {
    await reconciler.setAll(
      new Map([
        ['a', routes(route('10.1.0.0/24', '192.168.7.2'))],
        ['b', routes(route('10.2.0.0/24', '192.168.7.2'))],
        ['c', routes(route('10.3.0.0/24', '192.168.7.2'))],
      ]),
    );
    await reconciler.setAll(
      new Map([
        ['a', routes()],
        ['b', routes(route('10.2.0.0/24', '192.168.7.3'))],
      ]),
    );
    expect(ownRoutes()).toEqual(['10.2.0.0/24 via 192.168.7.3', '10.3.0.0/24 via 192.168.7.2']);
  });

  it('writes thousands of objects in as few sends as it takes, and nothing when all is right', async () => {
    const states = new Map(
      Array.from({ length: 1000 }, (_, i): [string, KernelState] => [
        `peer ${i}`,
        routes(route(`10.${100 + (i >> 8)}.${i & 255}.0/24`, '192.168.7.2')),
      ]),
    );
    expect((await reconciler.setAll(states)).failures.size).toBe(0);
    expect(ownRoutes()).toHaveLength(1000);
    reconciler.allowPruning();
    expect((await reconciler.look()).changed).toEqual([]);
  });
});
