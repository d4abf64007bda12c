import { z } from 'zod';

/** Cluster options of the host-gw backend: it has none, and refuses any. */
export type HostGwOptions = Readonly<Record<string, never>>;

/** Schema of {@link HostGwOptions}. */
export const hostGwOptions: z.ZodType<HostGwOptions> = z.strictObject({});
