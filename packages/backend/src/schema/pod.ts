import { familyOf } from '@poplin/net';
import { z } from 'zod';
import type {
  BridgePortState,
  IsolationState,
  LoopbackRouteState,
  PlainSourceState,
  PortMappingState,
  ShapingState,
} from '../kernel-state.js';
import { cidrSchema, integer, ipSchema, linkNameSchema, portSchema } from './value.js';

/** An exception from masquerading. */
export const plainSourceSchema: z.ZodType<PlainSourceState> = z.strictObject({
  source: ipSchema,
  dst: cidrSchema,
});

/** A host port. All its addresses are of one family. */
export const portMappingSchema: z.ZodType<PortMappingState> = z
  .strictObject({
    protocol: z.enum(['tcp', 'udp', 'sctp']),
    hostIp: ipSchema.exactOptional(),
    hostPort: portSchema,
    ip: ipSchema,
    port: portSchema,
    hairpin: cidrSchema,
  })
  .superRefine(({ ip, hostIp, hairpin }, context) => {
    for (const [key, other] of Object.entries({ hostIp, hairpin })) {
      if (other === undefined || familyOf(other) === familyOf(ip)) continue;
      const message = `must be of the family of the pod's address ${ip}`;
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });

/** A port of a bridge. */
export const bridgePortSchema: z.ZodType<BridgePortState> = z.strictObject({
  link: linkNameSchema,
  bridge: linkNameSchema,
  hairpin: z.boolean(),
  isolated: z.boolean(),
});

/** A pod that the others of its node do not reach. */
export const isolationSchema: z.ZodType<IsolationState> = z.strictObject({ link: linkNameSchema });

/** A link over which 127.0.0.0/8 may be routed. */
export const loopbackRouteSchema: z.ZodType<LoopbackRouteState> = z.strictObject({
  link: linkNameSchema,
});

const bucketSchema = z.strictObject({
  rate: integer(1, Number.MAX_SAFE_INTEGER, 'bits per second'),
  burst: integer(1, 0xffffffff, 'bytes'),
});

/** The limits of a pod. */
export const shapingSchema: z.ZodType<ShapingState> = z.strictObject({
  link: linkNameSchema,
  toPod: bucketSchema.exactOptional(),
  fromPod: bucketSchema.exactOptional(),
});
