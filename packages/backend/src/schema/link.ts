import { z } from 'zod';
import type { LinkState } from '../kernel-state.js';
import { integer, ipSchema, linkNameSchema, macSchema, mtuSchema, portSchema } from './value.js';

const common = { name: linkNameSchema, mtu: mtuSchema };

/** A link: one of the kinds that a state knows. */
export const linkSchema: z.ZodType<LinkState> = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('bridge'), mac: macSchema }),
  z.strictObject({
    ...common,
    kind: z.literal('vxlan'),
    mac: macSchema,
    // RFC 7348 §5 has 24 bits for it.
    vni: integer(1, 0xffffff, 'a network identifier'),
    port: portSchema,
    local: ipSchema,
    underlay: linkNameSchema,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('ipip'),
    local: ipSchema,
    underlay: linkNameSchema,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('ip6tnl'),
    local: ipSchema,
    underlay: linkNameSchema,
  }),
  z.strictObject({ ...common, kind: z.literal('tun') }),
]);
