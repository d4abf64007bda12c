import { z } from 'zod';

/** What a udp node publishes besides its addresses. */
export interface UdpPeerData {
  /** UDP port that it receives at and sends from. Nodes need not have the same. */
  readonly port: number;
}

/** Schema of {@link UdpPeerData}. Members of a newer version are dropped, not refused. */
export const udpPeerData: z.ZodType<UdpPeerData> = z.object({
  port: z.int().min(1).max(65_535),
});
