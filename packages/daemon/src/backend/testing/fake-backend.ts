import { type Backend, kernelState, type Peer } from '@poplin/backend';
import { z } from 'zod';
import type { BackendConfig, ConfiguredBackend } from '../load.js';

/** Options of a {@link fakeBackend}. */
export interface FakeOptions {
  /** What both ends must have alike. */
  readonly id: number;
  /** What concerns one end only: MTU of its link. */
  readonly mtu: number;
  /** `start` fails, or the answer for a peer does. */
  readonly fails?: 'start' | 'peer' | 'host' | undefined;
}

/** What fakes of one node have been through, in order: `start a 1`, `stop a 1`. */
export type FakeLife = string[];

/** A backend without a kernel: one link on the host, one route for each block of a peer. */
export function fakeBackend(
  type: string,
  life: FakeLife,
  told: (peers: readonly Peer[]) => void = () => {},
): Backend<FakeOptions, object> {
  return {
    type,
    options: z.strictObject({
      id: z.int().default(1),
      mtu: z.int().default(1450),
      fails: z.enum(['start', 'peer', 'host']).optional(),
    }),
    peerData: z.object({ from: z.string() }),
    shared: ({ id }) => ({ id }),
    async start({ nodeName, linkSuffix }, { id, mtu, fails }) {
      await Promise.resolve();
      if (fails === 'start') throw new Error('there is no such module');
      life.push(`start ${type}${linkSuffix} ${id}`);
      const link = `poplin.${type}${linkSuffix}`;
      return {
        published: { from: nodeName },
        overhead: () => ({ ipv4: 1500 - mtu, ipv6: 1500 - mtu }),
        planHost: () => {
          if (fails === 'host') return JSON.parse('{}');
          // Tells tests what goes through the link.
          const sysctls = [{ key: `net/${link}`, value: `${type} ${id}` }];
          return kernelState({ links: [{ kind: 'tun', name: link, mtu }], sysctls });
        },
        planPeer: ({ blocks }) => {
          if (fails === 'peer') throw new Error('nobody knows');
          const routes = blocks.map((dst) => ({ type: 'unicast', dst, link }) as const);
          return { state: kernelState({ routes }), refusals: [] };
        },
        peersChanged: told,
        async stop() {
          life.push(`stop ${type}${linkSuffix} ${id}`);
        },
      };
    },
  };
}

/** Configures one of some fakes as `configureBackend` does the real ones. */
export function configureFake(fakes: readonly Backend[]) {
  return async (config: BackendConfig): Promise<ConfiguredBackend> => {
    const backend = fakes.find(({ type }) => type === config.type);
    if (!backend) throw new Error(`there is no backend "${config.type}"`);
    const options = backend.options.parse(config.options);
    return { backend, config, options, shared: backend.shared?.(options) };
  };
}
