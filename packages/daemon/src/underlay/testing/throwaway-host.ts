import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Underlay } from '@poplin/backend';
import { silentLog } from '@poplin/net';
import { openMonitor, openNetlink, openNetns } from '@poplin/netlink';
import { type InterfaceChoice, parseInterfaceChoice } from '../choice.js';
import { type ChooseOptions, chooseUnderlay } from '../choose.js';
import { type FollowOptions, followUnderlay } from '../follow.js';
import type { UnderlayWatch } from '../watch.js';

/** A host without interfaces, as a network namespace. */
export interface ThrowawayHost extends Disposable {
  /** Runs iproute2 on it: `ip('link set eth0 up')`. */
  ip(args: string): string;
  /** Gives it an interface whose other end is elsewhere, up, with these addresses. */
  addInterface(name: string, ...addresses: string[]): void;
  /** What {@link chooseUnderlay} chooses there; an empty text is no choice. */
  choose(
    choice: string,
    registryHosts?: readonly string[],
    options?: ChooseOptions,
  ): Promise<Underlay>;
  /** Follows what {@link choose} chooses, until the host is disposed of. */
  follow(choice: string, options?: Partial<FollowOptions>): Promise<UnderlayWatch>;
}

/** Makes a host; dispose of it when the test ends. */
export function throwawayHost(): ThrowawayHost {
  const prefix = `pt${randomBytes(3).toString('hex')}`;
  const [host, wire] = [`${prefix}-host`, `${prefix}-wire`];
  for (const name of [host, wire]) execFileSync('ip', ['netns', 'add', name]);
  const ip = (args: string): string =>
    execFileSync('ip', ['-n', host, ...args.split(' ')], { encoding: 'utf8' });
  ip('link set lo up');
  const open: Disposable[] = [];
  const keep = <T extends Disposable>(resource: T): T => {
    open.unshift(resource);
    return resource;
  };
  const parse = (choice: string): InterfaceChoice =>
    choice === '' ? { by: 'default' } : parseInterfaceChoice(choice);
  return {
    ip,
    addInterface(name, ...addresses) {
      ip(`link add ${name} type veth peer name ${name} netns ${wire}`);
      execFileSync('ip', ['-n', wire, 'link', 'set', name, 'up']);
      ip(`link set ${name} up`);
      // The kernel tells of a new carrier a moment later (net/core/link_watch.c); IPv6 has no route till then.
      for (let looks = 0; !ip(`link show ${name}`).includes('state UP'); looks++) {
        if (looks > 2000) throw new Error(`${name} has no carrier`);
      }
      for (const address of addresses) {
        ip(`address add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`);
      }
    },
    async choose(choice, registryHosts = [], options = {}) {
      using netns = openNetns(`/run/netns/${host}`);
      using netlink = openNetlink({ netns });
      return await chooseUnderlay(netlink, parse(choice), registryHosts, options);
    },
    async follow(choice, options = {}) {
      using netns = openNetns(`/run/netns/${host}`);
      const reader = keep(openNetlink({ netns }));
      const events: FollowOptions['events'] = (callback) => {
        const groups = [
          'link',
          'ipv4-address',
          'ipv6-address',
          'ipv4-route',
          'ipv6-route',
        ] as const;
        const monitor = openMonitor(groups, callback, { netns, brief: true });
        return () => monitor[Symbol.dispose]();
      };
      const parts = { reader, choice: parse(choice), registryHosts: [], events, log: silentLog };
      return keep(await followUnderlay({ ...parts, ...options }));
    },
    [Symbol.dispose]() {
      for (const resource of open) resource[Symbol.dispose]();
      for (const name of [host, wire]) spawnSync('ip', ['netns', 'del', name]);
    },
  };
}
