import { ipSchema } from '@poplin/backend';
import type { Ip } from '@poplin/net';
import { z } from 'zod';

/** What a node publishes for its peers. */
export interface PeerData {
  /** Next hops to its pods, at most one per family. */
  readonly via: readonly Ip[];
}

/**
 * Schema of {@link PeerData}. It comes out of the registry, so it is not to be trusted; members that a newer version adds are dropped, not
 * refused.
 */
export const peerDataSchema: z.ZodType<PeerData> = z.object({ via: z.array(ipSchema).max(2) });
