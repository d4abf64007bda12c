import { z } from 'zod';

/** What a node publishes besides its addresses: nothing. */
export type HubPeerData = Readonly<Record<string, never>>;

/** Schema of {@link HubPeerData}. Members of a newer version are dropped, not refused. */
export const hubPeerData: z.ZodType<HubPeerData> = z.object({});
