import type { Cidr, Family, Ip, Mac } from '@poplin/net';
import { parseCidr, parseIp, parseMac } from '@poplin/net';
import { z } from 'zod';
import type { BandwidthLimits, PodRoute, PortMapping } from '../cni/index.js';
import type { AttachMode } from '../config/index.js';

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
  /** Name of the bridge that it hangs on in mode `bridge`. */
  readonly bridge: string;
  /** Name of the host's end. */
  readonly hostLink: string;
  /** MAC of the pod's end. */
  readonly mac: Mac;
  /** MTU of both ends, bytes. */
  readonly mtu: number;
  /** What fits to other nodes in a family, bytes, where that is less than `mtu`. */
  readonly pathMtu: Partial<Readonly<Record<Family, number>>>;
  /** True when the network's configuration asked for `mtu`: it does not follow the underlay then. */
  readonly mtuAsked: boolean;
  /** What ADD answered, where it has changed since. */
  readonly answered?: Pick<AttachmentRecord, 'mtu' | 'pathMtu'>;
  readonly addresses: readonly AttachedAddress[];
  /** True when another interface of the pod has its default route. */
  readonly secondary: boolean;
  /** Routes in the pod beside the default route. */
  readonly routes: readonly PodRoute[];
  readonly portMappings: readonly PortMapping[];
  readonly bandwidth: BandwidthLimits;
  /** A bridged pod may reach itself through the bridge. */
  readonly hairpin: boolean;
  /** The pod and the others of its node do not reach each other. */
  readonly isolation: boolean;
  /** Destinations that see the pod's own address although the cluster masquerades. */
  readonly plainDestinations: readonly Cidr[];
  /** CNI network name. */
  readonly network: string;
  /** `namespace/name` of the pod, where the runtime told. */
  readonly pod?: string | undefined;
  /** When the attachment was made, ISO 8601. */
  readonly createdAt: string;
  /** Process id of the plugin that asked for it; 0 when that is not known. */
  readonly callerPid: number;
  /** The boot of the machine that it was made in (`/proc/sys/kernel/random/boot_id`). */
  readonly bootId: string;
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

const limit = z.object({ rate: z.number().min(1), burst: z.number().min(1).exactOptional() });

const route = z.object({
  dst: text(parseCidr),
  gw: text(parseIp).exactOptional(),
  mtu: z.int().exactOptional(),
  advmss: z.int().exactOptional(),
  priority: z.int().exactOptional(),
  table: z.int().exactOptional(),
  scope: z.literal([0, 253, 254]).exactOptional(),
});

const port = z.object({
  protocol: z.enum(['tcp', 'udp', 'sctp']),
  hostIp: text(parseIp).exactOptional(),
  family: z.enum(['ipv4', 'ipv6']).exactOptional(),
  hostPort: z.int().min(1).max(65535),
  containerPort: z.int().min(1).max(65535),
});

const mtuField = z.int().min(68).max(65535);

const pathMtuField = z.object({
  ipv4: mtuField.exactOptional(),
  ipv6: mtuField.exactOptional(),
});

/** What records of version 0.1 do not have has the value that it meant then. */
const schema: z.ZodType<AttachmentRecord> = z.object({
  version: z.literal(1),
  containerId: z.string().min(1),
  ifname: z.string().min(1).max(15),
  netns: z.object({ path: z.string(), device: z.string(), inode: z.string() }),
  mode: z.enum(['routed', 'bridge']),
  bridge: z.string().default('poplin0'),
  hostLink: z.string().regex(/^pop[0-9a-f]{11}$/),
  mac: text(parseMac),
  mtu: mtuField,
  pathMtu: pathMtuField.default({}),
  // Of version 0.1 nobody knows.
  mtuAsked: z.boolean().default(true),
  answered: z.object({ mtu: mtuField, pathMtu: pathMtuField }).exactOptional(),
  addresses: z
    .array(z.object({ ip: text(parseIp), block: text(parseCidr), assignedAt: z.string() }))
    .min(1),
  secondary: z.boolean().default(false),
  routes: z.array(route).default([]),
  portMappings: z.array(port).default([]),
  bandwidth: z
    .object({ ingress: limit.exactOptional(), egress: limit.exactOptional() })
    .default({}),
  hairpin: z.boolean().default(false),
  isolation: z.boolean().default(false),
  plainDestinations: z.array(text(parseCidr)).default([]),
  network: z.string(),
  pod: z.string().optional(),
  createdAt: z.string(),
  callerPid: z.int().min(0).default(0),
  bootId: z.string().default(''),
});

/** Reads a record. @throws {z.ZodError | SyntaxError} when the text is none. */
export function parseRecord(json: string): AttachmentRecord {
  return schema.parse(JSON.parse(json));
}

/** A record as text for {@link parseRecord}. */
export function formatRecord(record: AttachmentRecord): string {
  return `${JSON.stringify(record)}\n`;
}
