import { z } from 'zod';

/** What a host-gw node publishes besides its addresses: nothing. */
export type HostGwPeerData = Readonly<Record<string, never>>;

/** Schema of {@link HostGwPeerData}. Members of a newer version are dropped, not refused. */
export const hostGwPeerData: z.ZodType<HostGwPeerData> = z.object({});
