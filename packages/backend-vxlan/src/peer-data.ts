import { type Mac, macToBytes, parseMac } from '@poplin/net';
import { z } from 'zod';
import type { MacByFamily } from './mac.js';

/** What a vxlan node publishes: what both ends must share, and where its VTEPs are. */
export interface VxlanPeerData {
  /** Network identifier. */
  readonly vni: number;
  /** UDP port. */
  readonly port: number;
  /** MAC of its VTEP over each family of underlay, whether it has an address of that family or not. */
  readonly macs: MacByFamily;
}

const mac = z.string().transform((text, context): Mac => {
  try {
    const parsed = parseMac(text);
    const bytes = macToBytes(parsed);
    if (((bytes[0] ?? 1) & 1) === 0 && bytes.some((byte) => byte !== 0)) return parsed;
  } catch {
    // Told below, with what may be written.
  }
  context.addIssue({ code: 'custom', message: 'must be the MAC of one interface' });
  return z.NEVER;
});

/** Schema of {@link VxlanPeerData}. Members of a newer version are dropped, not refused. */
export const vxlanPeerData: z.ZodType<VxlanPeerData> = z.object({
  vni: z.int().min(1).max(16_777_215),
  port: z.int().min(1).max(65_535),
  macs: z.object({ ipv4: mac, ipv6: mac }),
});
