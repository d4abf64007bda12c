import { z } from 'zod';

/** Cluster options of the ipip backend, every default filled in. */
export interface IpipOptions {
  /** `cross-subnet`: peers on the same link are reached by plain routes. `always`: all by the tunnel. */
  readonly mode: 'always' | 'cross-subnet';
  /** MTU of the tunnel in bytes; absent: the underlay's less the overhead. */
  readonly mtu?: number;
}

// The least is what every IPv4 host takes whole (RFC 791 §3.2); the most what 65535 bytes of IPv4 leave to the inner packet.
const mtu = 'must be 576 to 65515 bytes, or absent to follow the underlay';

/** Schema of {@link IpipOptions}. */
export const ipipOptions: z.ZodType<IpipOptions> = z.strictObject({
  mode: z.enum(['always', 'cross-subnet'], 'must be always or cross-subnet').default('always'),
  mtu: z.int(mtu).min(576, mtu).max(65_515, mtu).exactOptional(),
});
