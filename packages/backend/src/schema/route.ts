import { cidrLength, familyOf } from '@poplin/net';
import { z } from 'zod';
import type { RouteState, RuleState } from '../kernel-state.js';
import { cidrSchema, integer, ipSchema, linkNameSchema, mtuSchema } from './value.js';

/** Number of a routing table: 32 bits, 0 is RT_TABLE_UNSPEC. */
const tableSchema = integer(1, 0xffffffff, 'a routing table');

/** A route. Its preferred source is of its own family; its next hop may be of IPv6 where the destination is of IPv4 (RFC 8950). */
export const routeSchema: z.ZodType<RouteState> = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('unicast'),
      dst: cidrSchema,
      link: linkNameSchema,
      via: ipSchema.exactOptional(),
      onlink: z.boolean().exactOptional(),
      source: ipSchema.exactOptional(),
      mtu: mtuSchema.exactOptional(),
      table: tableSchema.exactOptional(),
    })
    .superRefine(({ dst, via, source }, context) => {
      if (via && familyOf(via) === 'ipv4' && familyOf(dst) === 'ipv6') {
        const message = `must be an IPv6 address, as the destination ${dst} is IPv6`;
        context.addIssue({ code: 'custom', path: ['via'], message });
      }
      if (source && familyOf(source) !== familyOf(dst)) {
        const message = `must be of the family of the destination ${dst}`;
        context.addIssue({ code: 'custom', path: ['source'], message });
      }
    }),
  z.strictObject({ type: z.literal('blackhole'), dst: cidrSchema }),
]);

/** A rule. Its prefixes are of its family. */
export const ruleSchema: z.ZodType<RuleState> = z
  .strictObject({
    family: z.enum(['ipv4', 'ipv6']),
    // The local table's rule is 0, and nothing comes behind that of the default table.
    priority: integer(1, 32_767, 'the priority of a rule'),
    from: cidrSchema.exactOptional(),
    to: cidrSchema.exactOptional(),
    table: tableSchema,
  })
  .superRefine(({ family, from, to }, context) => {
    for (const [key, cidr] of Object.entries({ from, to })) {
      if (cidr === undefined) continue;
      if (familyOf(cidr) !== family)
        context.addIssue({ code: 'custom', path: [key], message: `must be an ${family} prefix` });
      if (cidrLength(cidr) === 0)
        context.addIssue({ code: 'custom', path: [key], message: 'must be absent, not /0' });
    }
  });
