import { parseCidr } from '@poplin/net';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { linkAdd } from './link/add.js';
import { linkSet } from './link/set.js';
import { openNetlink } from './netlink.js';
import { routeAdd } from './route/add.js';
import { routeReplace } from './route/replace.js';
import type { RouteSpec } from './route/types.js';

const POPLIN = 112;

describe('batches', () => {
  it('maps every error of a batch to its own request, whatever its size', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const specs = Array.from(
      { length: 1000 },
      (_, i): RouteSpec => ({
        type: 'blackhole',
        dst: parseCidr(`10.${i >> 8}.${i & 255}.0/24`),
        protocol: POPLIN,
      }),
    );
    const odd = (i: number): boolean => i % 2 === 1;
    const first = await netlink.batch(specs.filter((_, i) => odd(i)).map(routeAdd));
    expect(first.every((error) => error === undefined)).toBe(true);
    const second = await netlink.batch(specs.map(routeAdd));
    expect(second.map((error) => error?.code)).toEqual(
      specs.map((_, i) => (odd(i) ? 'EEXIST' : undefined)),
    );
    expect(second[1]?.operation).toBe('add route 10.0.1.0/24');
    const third = await netlink.batch(specs.map(routeReplace));
    expect(third.every((error) => error === undefined)).toBe(true);
    expect(host.ip('route', 'show', 'proto', '112')).toHaveLength(1000);
    expect(await netlink.route.list({ protocol: POPLIN })).toHaveLength(1000);
  });

  it('carries out what follows a failed request', async () => {
    using host = throwawayNamespace();
    using netlink = openNetlink({ netns: host.netns });
    const answers = await netlink.batch([
      linkAdd({ kind: 'bridge', name: 'br0' }),
      linkAdd({ kind: 'bridge', name: 'br0' }),
      linkSet({ name: 'none' }, { up: true }),
      linkSet({ name: 'br0' }, { up: true, alias: 'last' }),
    ]);
    expect(answers.map((error) => error?.code)).toEqual([undefined, 'EEXIST', 'ENODEV', undefined]);
    expect(host.ip('link', 'show', 'br0')).toMatchObject([{ ifalias: 'last' }]);
  });
});
