import type { Cidr, Ip, Mac } from '@poplin/net';
import { parseCidr, parseIp, parseMac } from '@poplin/net';
import { z } from 'zod';

/** How pods hang on the host: `docs/architecture.md`, "Attach modes". */
export type AttachMode = 'routed' | 'bridge';

/** An address that an attachment holds. */
export interface AttachedAddress {
  readonly ip: Ip;
  /** The block that it was handed out from. */
  readonly block: Cidr;
  /** When, ISO 8601. */
  readonly assignedAt: string;
}

/**
 * All that is needed to know an attachment again after a restart, and to take it down without the
 * configuration that made it.
 */
export interface AttachmentRecord {
  readonly version: 1;
  readonly containerId: string;
  readonly ifname: string;
  /** The namespace: the path as the runtime gave it, and what it was when we entered. */
  readonly netns: { readonly path: string; readonly device: string; readonly inode: string };
  readonly mode: AttachMode;
  /** Name of the host's end. */
  readonly hostLink: string;
  /** MAC of the pod's end. */
  readonly mac: Mac;
  /** MTU of both ends, bytes. */
  readonly mtu: number;
  readonly addresses: readonly AttachedAddress[];
  /** CNI network name. */
  readonly network: string;
  /** `namespace/name` of the pod, where the runtime told. */
  readonly pod?: string | undefined;
  /** When the attachment was made, ISO 8601. */
  readonly createdAt: string;
}

const text = <T>(parse: (text: string) => T) =>
  z.string().transform((value, context): T => {
    try {
      return parse(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

const schema: z.ZodType<AttachmentRecord> = z.object({
  version: z.literal(1),
  containerId: z.string().min(1),
  ifname: z.string().min(1).max(15),
  netns: z.object({ path: z.string(), device: z.string(), inode: z.string() }),
  mode: z.enum(['routed', 'bridge']),
  hostLink: z.string().regex(/^pop[0-9a-f]{11}$/),
  mac: text(parseMac),
  mtu: z.int().min(68).max(65535),
  addresses: z
    .array(z.object({ ip: text(parseIp), block: text(parseCidr), assignedAt: z.string() }))
    .min(1),
  network: z.string(),
  pod: z.string().optional(),
  createdAt: z.string(),
});

/** Reads a record. @throws {z.ZodError | SyntaxError} when the text is none. */
export function parseRecord(json: string): AttachmentRecord {
  return schema.parse(JSON.parse(json));
}

/** A record as text for {@link parseRecord}. */
export function formatRecord(record: AttachmentRecord): string {
  return `${JSON.stringify(record)}\n`;
}
