import type { Underlay } from '@poplin/backend';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ThrowawayHost, throwawayHost } from './testing/throwaway-host.js';
import type { UnderlayWatch } from './watch.js';

let host: ThrowawayHost;
beforeEach(() => {
  host = throwawayHost();
});
afterEach(() => host[Symbol.dispose]());

const addressesOf = ({ current }: UnderlayWatch): string[] => current.addresses.map(({ ip }) => ip);
const becomes = (what: () => unknown, expected: unknown): Promise<void> =>
  vi.waitFor(() => expect(what()).toEqual(expected), { timeout: 10_000, interval: 10 });
const hasProblem = (watch: UnderlayWatch, words: RegExp): Promise<void> =>
  vi.waitFor(() => expect(watch.problem).toMatch(words), { timeout: 10_000, interval: 10 });
/** Every change of a watch, from now on. */
const changesOf = (watch: UnderlayWatch): Underlay[] => {
  const changes: Underlay[] = [];
  watch.onChange((now) => changes.push(now));
  return changes;
};

describe('a watched underlay', () => {
  it('follows the MTU, and tells what was before', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    const watch = await host.follow('eth0');
    const told = vi.fn();
    watch.onChange(told);
    host.ip('link set eth0 mtu 1400');
    await becomes(() => watch.current.mtu, 1400);
    expect(told.mock.calls).toMatchObject([[{ mtu: 1400 }, { mtu: 1500 }]]);
  });

  it('follows the MAC and the prefix', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    const watch = await host.follow('eth0');
    host.ip('link set eth0 address 02:00:00:00:00:07');
    await becomes(() => watch.current.mac, '02:00:00:00:00:07');
    host.ip('address add 192.168.7.1/16 dev eth0');
    host.ip('address del 192.168.7.1/24 dev eth0');
    await becomes(() => watch.current.addresses[0]?.onLink, '192.168.0.0/16');
  });

  it('follows an address that is replaced, in either order', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    const watch = await host.follow('eth0');
    host.ip('address add 192.168.8.1/24 dev eth0');
    host.ip('address del 192.168.7.1/24 dev eth0');
    await becomes(() => addressesOf(watch), ['192.168.8.1']);
    host.ip('address del 192.168.8.1/24 dev eth0');
    host.ip('address add 192.168.9.1/24 dev eth0');
    await becomes(() => addressesOf(watch), ['192.168.9.1']);
    expect(watch.problem).toBeUndefined();
  });

  it('stays with an address when others come beside it, and leaves it when it is deprecated', async () => {
    host.addInterface('eth0', '192.168.7.1/24', 'fd77::1/64');
    const watch = await host.follow('eth0');
    const changes = changesOf(watch);
    host.ip('address add 192.168.8.1/24 dev eth0');
    host.ip('address add fd78::1/64 dev eth0 nodad');
    host.ip('link set eth0 mtu 1400');
    await becomes(() => changes.length, 1);
    expect(addressesOf(watch)).toEqual(['192.168.7.1', 'fd77::1']);
    host.ip('address change fd77::1/64 dev eth0 preferred_lft 0');
    await becomes(() => addressesOf(watch), ['192.168.7.1', 'fd78::1']);
  });

  it('takes a further family when its address is known to be unique', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    const watch = await host.follow('eth0');
    const changes = changesOf(watch);
    host.ip('address add fd77::1/64 dev eth0');
    await becomes(() => addressesOf(watch), ['192.168.7.1', 'fd77::1']);
    expect(changes).toHaveLength(1);
    expect(host.ip('address show dev eth0 scope global')).not.toContain('tentative');
  });

  it('keeps what it knows while the interface is down, gone or without address, and says so', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    const watch = await host.follow('eth0');
    const changes = changesOf(watch);
    host.ip('link set eth0 down');
    await hasProblem(watch, /^interface eth0 is down\. .*stays eth0 192\.168\.7\.1/);
    host.ip('link set eth0 up');
    await becomes(() => watch.problem, undefined);
    host.ip('address flush dev eth0');
    await hasProblem(watch, /eth0 has no address/);
    host.ip('address add 192.168.7.1/24 dev eth0');
    await becomes(() => watch.problem, undefined);
    host.ip('link del eth0');
    await hasProblem(watch, /no interface "eth0"/);
    expect(addressesOf(watch)).toEqual(['192.168.7.1']);
    expect(changes).toEqual([]);
  });

  it('finds an interface again that was made anew', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    const watch = await host.follow('eth0');
    host.ip('link del eth0');
    await hasProblem(watch, /no interface "eth0"/);
    host.addInterface('eth0', '192.168.7.2/24');
    await becomes(() => [watch.problem, ...addressesOf(watch)], [undefined, '192.168.7.2']);
  });

  it('keeps the address of one family while the other has one, until it is sure', async () => {
    host.addInterface('eth0', '192.168.7.1/24', 'fd77::1/64');
    const watch = await host.follow('eth0', { patience: 500 });
    host.ip('address del fd77::1/64 dev eth0');
    await hasProblem(watch, /eth0 has lost fd77::1/);
    expect(addressesOf(watch)).toEqual(['192.168.7.1', 'fd77::1']);
    await becomes(() => addressesOf(watch), ['192.168.7.1']);
    expect(watch.problem).toBeUndefined();
    host.ip('address add fd77::1/64 dev eth0 nodad');
    await becomes(() => addressesOf(watch), ['192.168.7.1', 'fd77::1']);
  });

  it('moves with the default route', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    host.addInterface('eth1', '192.168.8.1/24');
    host.ip('route add default via 192.168.7.254 metric 100');
    const watch = await host.follow('');
    expect(watch.current.link).toBe('eth0');
    host.ip('route add default via 192.168.8.254 metric 50');
    await becomes(() => [watch.current.link, ...addressesOf(watch)], ['eth1', '192.168.8.1']);
  });

  it('does not take the last interface there is for the underlay because the default route is gone', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    host.addInterface('docker0', '172.17.0.1/16');
    host.ip('route add default via 192.168.7.254');
    const watch = await host.follow('');
    host.ip('link set eth0 down');
    await hasProblem(watch, /eth0 is down/);
    host.ip('link set eth0 up');
    await becomes(() => watch.problem, undefined);
    host.ip('link del eth0');
    await hasProblem(watch, /no interface "eth0"/);
    expect(watch.current.link).toBe('eth0');
  });

  it('takes another interface when the choice leads to one', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    host.addInterface('eth1');
    const watch = await host.follow('192.168.7.0/24');
    host.ip('link del eth0');
    await hasProblem(watch, /no interface has an address in 192\.168\.7\.0\/24/);
    host.ip('address add 192.168.7.9/24 dev eth1');
    await becomes(() => [watch.current.link, ...addressesOf(watch)], ['eth1', '192.168.7.9']);
  });

  it('follows an address on a bridge with a port', async () => {
    host.addInterface('eth0');
    host.ip('link add br0 type bridge');
    host.ip('link set eth0 master br0');
    host.ip('link set br0 up');
    host.ip('address add 192.168.7.1/24 dev br0');
    const watch = await host.follow('br0');
    host.ip('link set eth0 mtu 1400');
    await becomes(() => watch.current.mtu, 1400);
  });

  it('is silent once it is disposed of', async () => {
    host.addInterface('eth0', '192.168.7.1/24');
    const watch = await host.follow('eth0');
    const other = await host.follow('eth0');
    const changes = changesOf(watch);
    watch[Symbol.dispose]();
    host.ip('link set eth0 mtu 1400');
    await becomes(() => other.current.mtu, 1400);
    expect([changes, watch.current.mtu]).toEqual([[], 1500]);
  });
});
