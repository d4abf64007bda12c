import { z } from 'zod';

/** Options of the cluster, the same on every node. */
export interface Options {
  /** Path MTU of the routes, bytes; that of the underlay when absent. */
  readonly mtu?: number;
}

const range = 'must be a whole number of bytes from 1280 to 65535';

/** Schema of {@link Options}. Strict: an operator's typing error is told, not ignored. */
export const optionsSchema: z.ZodType<Options> = z.strictObject({
  mtu: z.int(range).min(1280, range).max(65_535, range).exactOptional(),
});
