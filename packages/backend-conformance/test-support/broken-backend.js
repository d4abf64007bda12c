/** A backend of plain routes on one link that breaks one rule of the contract. */
import { kernelState, plainRoute } from '@poplin/backend';
import { familyOf } from '@poplin/net';
import { z } from 'zod';

/** The backend that is broken in that way; by '' it is sound. */
export const brokenBy = (how) => ({
  type: how === 'type' ? 'Broken' : 'broken',
  options: how === 'options' ? z.object({}) : z.strictObject({}),
  peerData:
    how === 'peer data'
      ? z.any().transform((data) => ({ at: data.at.trim() }))
      : z.object({ at: z.string() }),
  async start(host) {
    let calls = 0;
    if (how === 'timer') setInterval(() => {}, 1_000);
    let stopped = false;
    return {
      published: { at: how === 'published' ? String(Math.random()) : host.nodeName },
      overhead: () => ({ ipv4: how === 'overhead' ? -20 : 0, ipv6: 0 }),
      planHost: () =>
        kernelState(
          how === 'sysctl' ? { sysctls: [{ key: 'net/ipv4/ip_forward', value: '1' }] } : {},
        ),
      planPeer(peer, view) {
        calls += 1;
        const own = view.underlay.addresses.map(({ ip }) => ip);
        const routes = peer.blocks.flatMap((dst) => {
          const via = peer.addresses.find((ip) => familyOf(ip) === familyOf(dst));
          const near = via?.startsWith(familyOf(dst) === 'ipv4' ? '192.168.7.' : 'fd77:');
          if (!via || !near || own.includes(via)) return [];
          const hop = how === 'next hop' ? via.replace(/\d+$/, '99') : via;
          const changing = how === 'impure' && { mtu: 1300 + (calls % 9) };
          return [{ ...plainRoute(view.underlay, peer, dst, hop), ...changing }];
        });
        if (how === 'default route')
          routes.push({ type: 'unicast', dst: '0.0.0.0/0', link: 'eth0' });
        const reached = new Set(routes.map(({ dst }) => dst));
        const refused = peer.blocks.filter((dst) => !reached.has(dst));
        const refusals = refused.map((dst) => `${dst} of ${peer.name} is not on the link`);
        return { state: kernelState({ routes }), refusals: how === 'silent' ? [] : refusals };
      },
      async stop() {
        if (how === 'stop' && stopped) throw new Error('it was stopped before');
        stopped = true;
      },
    };
  },
});

/** For a process that runs it on a host: broken in the way that BROKEN names. */
export default brokenBy(process.env.BROKEN ?? '');
