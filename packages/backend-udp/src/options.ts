import { z } from 'zod';

/** Cluster options of the udp backend, every default filled in. */
export interface UdpOptions {
  /** UDP port that this node receives at, and sends from. */
  readonly port: number;
  /** MTU of the tunnel in bytes; absent: the underlay's less the overhead. */
  readonly mtu?: number;
}

const port = 'must be a UDP port, 1 to 65535';
// The least is what every IPv4 host takes whole (RFC 791 §3.2); the most what one UDP datagram over IPv4 holds.
const mtu = 'must be 576 to 65507 bytes, or absent to follow the underlay';

/** Schema of {@link UdpOptions}. The default port is flannel's. */
export const udpOptions: z.ZodType<UdpOptions> = z.strictObject({
  port: z.int(port).min(1, port).max(65_535, port).default(8285),
  mtu: z.int(mtu).min(576, mtu).max(65_507, mtu).exactOptional(),
});
