/**
 * A backend that does what it is told: plain routes, unless the options or what a peer published say otherwise.
 * Each mischief is one that a real backend might do by mistake.
 */
import { z } from 'zod';

const empty = {
  ...{ links: [], addresses: [], routes: [], rules: [], neighbours: [], fdb: [], offloads: [] },
  ...{ sysctls: [], tunnels: [], forwards: [], masquerade: [], plainSources: [], portMappings: [] },
  ...{ bridgePorts: [], isolations: [], loopbackRoutes: [], shapings: [] },
};

const mischief = {
  none: () => undefined,
  throw: () => {
    throw new Error('the answer is lost');
  },
  loop: () => {
    for (;;) Math.random();
  },
  exit: () => process.exit(3),
  uncaught: () =>
    setImmediate(() => {
      throw new Error('out of nowhere');
    }),
  reject: () => void Promise.reject(new Error('nobody listens')),
  memory: () => {
    const all = [];
    for (;;) all.push(new Array(10_000).fill(Math.random()));
  },
  noise: () => {
    for (let line = 0; line < 10_000; line++) console.log(`noise ${line}`);
  },
  huge: () => ({ state: { ...empty, huge: 'x'.repeat(10_000_000) }, refusals: [] }),
  garbage: () => ({ state: { ...empty, routes: [{ type: 'unicast', dst: 'everywhere' }] } }),
  promise: () => new Promise(() => {}),
  circular: () => {
    const plan = { state: { ...empty }, refusals: [] };
    plan.state.self = plan;
    return plan;
  },
  forbidden: () => ({
    state: { ...empty, routes: [{ type: 'unicast', dst: '0.0.0.0/0', link: 'eth0' }] },
    refusals: [],
  }),
};
const names = Object.keys(mischief);

export default {
  type: 'mischief',
  options: z.strictObject({
    start: z.enum([...names, 'hang', 'publish']).default('none'),
    stop: z.enum([...names, 'hang']).default('none'),
    peers: z.enum(names).default('none'),
    count: z.number().int().min(1).default(1),
  }),
  peerData: z.object({ does: z.enum(names).default('none') }),
  async start(host, options) {
    if (options.start === 'hang') await new Promise(() => {});
    if (options.start in mischief) mischief[options.start]();
    setInterval(() => {}, 1_000);
    const callbacks = new Set();
    let generation = 0;
    host.log.info({ count: options.count }, 'mischief is at work');
    return {
      published: options.start === 'publish' ? 'x'.repeat(100_000) : { does: 'none' },
      overhead: () => ({ ipv4: 20, ipv6: 40 }),
      planHost: () => ({
        ...empty,
        sysctls: [{ key: 'net/ipv4/conf/poplin.x/rp_filter', value: String(generation) }],
      }),
      planPeer: (peer, view) =>
        mischief[peer.data.does]() ?? {
          state: {
            ...empty,
            routes: peer.blocks.map((dst) => ({
              type: 'unicast',
              dst,
              link: view.underlay.link,
              via: peer.addresses[0],
            })),
          },
          refusals: [],
        },
      peersChanged(peers) {
        mischief[options.peers]();
        generation = peers.length;
        for (const callback of callbacks) callback();
      },
      onChange(callback) {
        callbacks.add(callback);
        return () => callbacks.delete(callback);
      },
      async stop() {
        if (options.stop === 'hang') await new Promise(() => {});
        mischief[options.stop]?.();
      },
    };
  },
};
