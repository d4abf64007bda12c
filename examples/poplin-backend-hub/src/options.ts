import { ipSchema } from '@poplin/backend';
import { familyOf, type Ip } from '@poplin/net';
import { z } from 'zod';

/** Options of the cluster, the same on every node. */
export interface HubOptions {
  /** The node that all traffic between the others goes by. */
  readonly hub: {
    /** Name of the node. */
    readonly node: string;
    /** Its underlay addresses, one per family that the pods have. */
    readonly addresses: readonly Ip[];
  };
}

/** Schema of {@link HubOptions}. */
export const hubOptions: z.ZodType<HubOptions> = z.strictObject({
  hub: z.strictObject({
    node: z.string().min(1, 'name a node').max(253),
    addresses: z
      .array(ipSchema)
      .min(1, 'give the address of the hub')
      .refine((list) => new Set(list.map(familyOf)).size === list.length, 'one per family'),
  }),
});
