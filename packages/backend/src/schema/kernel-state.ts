import { z } from 'zod';
import type { KernelState } from '../kernel-state.js';
import { linkSchema } from './link.js';
import {
  bridgePortSchema,
  isolationSchema,
  loopbackRouteSchema,
  plainSourceSchema,
  portMappingSchema,
  shapingSchema,
} from './pod.js';
import { routeSchema, ruleSchema } from './route.js';
import {
  cidrSchema,
  fitsLength,
  integer,
  ipSchema,
  linkNameSchema,
  listOf,
  macSchema,
  portSchema,
} from './value.js';

/** Most entries of what there is per peer, block or pod. */
const many = 65_536;

/** Most entries of what there is per node. */
const few = 256;

const addressSchema = z
  .strictObject({
    link: linkNameSchema,
    ip: ipSchema,
    length: integer(0, 128, 'a prefix length'),
    scope: z.enum(['global', 'link', 'host']),
  })
  .refine(({ ip, length }) => fitsLength(ip, length), {
    path: ['length'],
    message: 'must be 32 at most for IPv4, 128 for IPv6',
  });

/** A key below /proc/sys: `net/…`, without a step up. */
const sysctlSchema = z.strictObject({
  key: z
    .string()
    .max(256)
    .regex(/^net(\/(?!\.{1,2}(\/|$))[^/\s\0]+)+$/, 'must be a path below /proc/sys/net: net/…'),
  value: z
    .string()
    .max(256)
    .regex(/^[^\0\n]+$/, 'must be one line'),
});

const tunnelSchema = z.discriminatedUnion('protocol', [
  z.strictObject({ protocol: z.literal('udp'), port: portSchema }),
  z.strictObject({ protocol: z.literal('ipip') }),
  z.strictObject({ protocol: z.literal('ip6ip6') }),
]);

/**
 * Schema of {@link KernelState}: every member there, no other, and every value within what the kernel takes. For states that come
 * from where no compiler looks: another thread, a file, somebody's test.
 */
export const kernelStateSchema: z.ZodType<KernelState> = z.strictObject({
  links: listOf(linkSchema, few),
  bridgePorts: listOf(bridgePortSchema, many),
  addresses: listOf(addressSchema, many),
  routes: listOf(routeSchema, many),
  rules: listOf(ruleSchema, few),
  neighbours: listOf(z.strictObject({ link: linkNameSchema, ip: ipSchema, mac: macSchema }), many),
  fdb: listOf(z.strictObject({ link: linkNameSchema, mac: macSchema, dst: ipSchema }), many),
  offloads: listOf(z.strictObject({ link: linkNameSchema, txChecksum: z.literal(false) }), few),
  sysctls: listOf(sysctlSchema, few),
  tunnels: listOf(tunnelSchema, few),
  forwards: listOf(z.strictObject({ cidr: cidrSchema }), few),
  masquerade: listOf(
    z.strictObject({ role: z.enum(['source', 'exempt']), cidr: cidrSchema }),
    many,
  ),
  plainSources: listOf(plainSourceSchema, many),
  portMappings: listOf(portMappingSchema, many),
  isolations: listOf(isolationSchema, many),
  loopbackRoutes: listOf(loopbackRouteSchema, many),
  shapings: listOf(shapingSchema, many),
});
