import { z } from 'zod';

/** What an ipip node publishes besides its addresses: nothing. A packet of protocol 4 or 41 tells all that the other end must know. */
export type IpipPeerData = Readonly<Record<string, never>>;

/** Schema of {@link IpipPeerData}. Members of a newer version are dropped, not refused. */
export const ipipPeerData: z.ZodType<IpipPeerData> = z.object({});
