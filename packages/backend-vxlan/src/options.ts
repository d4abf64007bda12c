import { z } from 'zod';

/** Cluster options of the vxlan backend, every default filled in. */
export interface VxlanOptions {
  /** Network identifier, 1 to 16777215 (RFC 7348 §5). */
  readonly vni: number;
  /** UDP port of the tunnel. */
  readonly port: number;
  /** MTU of the tunnel in bytes; absent: the underlay's less the overhead. */
  readonly mtu?: number;
  /** Peers on the same link are reached by plain routes. */
  readonly direct: boolean;
}

const vni = 'must be a whole number, 1 to 16777215';
const port = 'must be a UDP port, 1 to 65535';
// The least is what every IPv4 host takes whole (RFC 791 §3.2); the most what 65535 bytes of IPv4 leave to the inner packet.
const mtu = 'must be 576 to 65485 bytes, or absent to follow the underlay';

/** Schema of {@link VxlanOptions}. The default port is the kernel's (`vxlan_port` of drivers/net/vxlan), not that of RFC 7348 (4789). */
export const vxlanOptions: z.ZodType<VxlanOptions> = z.strictObject({
  vni: z.int(vni).min(1, vni).max(16_777_215, vni).default(1),
  port: z.int(port).min(1, port).max(65_535, port).default(8472),
  mtu: z.int(mtu).min(576, mtu).max(65_485, mtu).exactOptional(),
  direct: z.boolean('must be true or false').default(false),
});
