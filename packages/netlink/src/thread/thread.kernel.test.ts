import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { runInNetns } from '../namespace/run-in-netns.js';
import { openNetlink } from '../rtnetlink/netlink.js';
import { routeAdd } from '../rtnetlink/route/add.js';

const blackhole = (third: number) =>
  ({ type: 'blackhole', dst: parseCidr(`10.7.${third}.0/24`) }) as const;

describe('the thread that waits for the kernel', () => {
  it('lets the event loop turn while links are deleted', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const names = Array.from({ length: 20 }, (_, i) => `v${i}`);
    for (const name of names) {
      await netlink.link.add({ kind: 'veth', name, peer: { name: `w${name}` } });
    }
    let turns = 0;
    let under = true;
    const turn = (): void => {
      turns += 1;
      if (under) setImmediate(turn);
    };
    turn();
    await Promise.all(names.map((name) => netlink.link.del({ name })));
    under = false;
    // On the calling thread each deletion would be one turn.
    expect(turns).toBeGreaterThan(10 * names.length);
    expect(host.ip('link', 'show')).toHaveLength(1);
  });

  it('keeps the order of what is not awaited, also between two handles of a namespace', async () => {
    using host = throwawayNamespace();
    using first = openNetlink({ netns: host.netns });
    using second = openNetlink({ netns: host.netns });
    const results = await Promise.allSettled([
      first.link.add({ kind: 'bridge', name: 'br0' }),
      second.link.set({ name: 'br0' }, { up: true, alias: 'second' }),
      first.link.del({ name: 'br0' }),
      second.link.get({ name: 'br0' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
  });

  it('sees its own writes in a dump', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const requests = Array.from({ length: 200 }, (_, i) => routeAdd(blackhole(i)));
    const [, routes] = await Promise.all([
      netlink.batch(requests),
      netlink.route.list({ family: 'ipv4', table: 254 }),
    ]);
    expect(routes).toHaveLength(200);
  });

  it('carries out what was asked before the handle was disposed', async () => {
    using host = throwawayNamespace();
    const netlink = openNetlink({ netns: host.netns });
    const added = netlink.route.add(blackhole(1));
    netlink[Symbol.dispose]();
    await added;
    expect(host.ip('route', 'show')).toMatchObject([{ dst: '10.7.1.0/24' }]);
    await expect(netlink.route.add(blackhole(2))).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('keeps a namespace open for a request that names it, also past the disposal of its handle', async () => {
    using host = throwawayNamespace();
    using pod = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const moved = netlink.link.add({
      kind: 'veth',
      name: 'v0',
      peer: { name: 'eth0', netns: pod.netns },
    });
    pod.netns[Symbol.dispose]();
    await moved;
    expect(pod.ip('link', 'show', 'eth0')).toHaveLength(1);
  });

  it('is not started inside a foreign namespace, where it would stay', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const listed = runInNetns(host.netns, () => ({ links: netlink.link.list() }));
    expect(await listed.links).toHaveLength(1);
    const home = execFileSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' });
    const script = 'for t in /proc/$PPID/task/*; do readlink $t/ns/net; done | sort -u';
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(home);
  });

  it('can be left out', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns, blocking: true });
    const added = netlink.route.add(blackhole(3));
    expect(host.ip('route', 'show')).toMatchObject([{ dst: '10.7.3.0/24' }]);
    await added;
  });

  it('does not keep the process alive', () => {
    using host = throwawayNamespace();
    const script = [
      `import { openNetlink, openNetns } from ${JSON.stringify(builtPackage())};`,
      `const netlink = openNetlink({ netns: openNetns('${host.path}') });`,
      `console.log((await netlink.link.get({ name: 'lo' })).name);`,
    ].join('\n');
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(output).toBe('lo\n');
  });
});

/** The built package: what a program that installs it gets. */
function builtPackage(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { exports } = JSON.parse(readFileSync(file, 'utf8')) as {
    exports: { '.': { default: string } };
  };
  return new URL(exports['.'].default, file).href;
}
