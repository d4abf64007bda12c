import { type Pool, poolsSchema } from '@poplin/ipam';
import { type Cidr, familyOf, parseCidr } from '@poplin/net';
import { z } from 'zod';

/** The configuration that all nodes of a cluster share, every default filled in. */
export interface ClusterConfig {
  /** Where pods' addresses come from. */
  readonly pools: readonly Pool[];
  /** How nodes reach each other's pods. */
  readonly backend: {
    /** Name of the backend: `host-gw`, or that of a package `poplin-backend-<name>`. */
    readonly type: string;
    /** The backend's own options; it parses them itself. */
    readonly options: Readonly<Record<string, unknown>>;
  };
  /** How pods are attached to their node. */
  readonly attach: {
    readonly mode: AttachMode;
    /** Name of the bridge of mode `bridge`. */
    readonly bridge: string;
    /** MTU of the pods in bytes; absent: that of the underlay less the backend's overhead. */
    readonly mtu?: number;
    /** A bridged pod may reach itself through its host port or a service; a network may say otherwise. */
    readonly hairpin: boolean;
    /** Pods do not reach the other pods of their node; a network may say otherwise. */
    readonly isolation: boolean;
  };
  /** Source NAT for traffic from pods that leaves the cluster. */
  readonly masquerade: {
    readonly enabled: boolean;
    /** Destinations outside the pools that are to see pods' own addresses. */
    readonly except: readonly Cidr[];
  };
  /** How addresses are handed out. */
  readonly ipam: {
    /** Seconds that a released address is kept back before it is handed out again. */
    readonly coolDownSeconds: number;
  };
  /** Whether nodes find out for themselves that packets get through to each other. */
  readonly pathCheck: {
    readonly enabled: boolean;
    /** Port of TCP and UDP at which nodes answer each other's checks. */
    readonly port: number;
  };
}

/** `routed`: a /32 per pod and no bridge. `bridge`: the pods of a node share a segment. */
export type AttachMode = 'routed' | 'bridge';

/** Smallest MTU: what every IPv4 host must be able to take whole (RFC 791 §3.2). */
const minMtu4 = 576;

/** Smallest MTU with IPv6 on the link (RFC 8200 §5). */
const minMtu6 = 1280;

/**
 * A name for the bridge: one that tells it is Poplin's, of at most 15 bytes (IFNAMSIZ without its NUL), and none of the
 * links that have a dot in theirs, such as `poplin.vxlan`.
 */
const bridgeName = /^poplin[A-Za-z0-9_-]{0,9}$/;

/** A npm package name, with or without scope, or the short name of a backend. */
const backendType = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

const cidrSchema = z.string().transform((text, context): Cidr => {
  try {
    return parseCidr(text);
  } catch {
    const message = `"${text}" is not a masked prefix; write for example 192.168.0.0/16`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
});

const mtuSchema = z.int(`must be a whole number of bytes, ${minMtu4} to 65535`);
const mtuRange = `must be ${minMtu4} to 65535 bytes, or absent to follow the underlay`;
const coolDown = 'must be 0 to 3600 seconds';
const checkPort = 'must be a port that is free on all nodes, 1 to 65535';

/**
 * Schema of the cluster configuration. Strict: unknown keys are refused. Every key has a default, so `{}`
 * is a configuration.
 */
export const clusterConfigSchema: z.ZodType<ClusterConfig> = z
  .strictObject({
    pools: poolsSchema.prefault([{ name: 'default', cidr: '10.244.0.0/16', blockSize: 26 }]),
    backend: z
      .strictObject({
        type: z
          .string()
          .regex(backendType, 'must be the name of a backend, for example host-gw')
          .default('host-gw'),
        options: z.record(z.string(), z.json()).default({}),
      })
      .prefault({}),
    attach: z
      .strictObject({
        mode: z.enum(['routed', 'bridge']).default('routed'),
        bridge: z
          .string()
          .regex(bridgeName, 'must be poplin and up to 9 letters, digits, "_" or "-" behind it')
          .default('poplin0'),
        mtu: mtuSchema.min(minMtu4, mtuRange).max(65535, mtuRange).exactOptional(),
        hairpin: z.boolean().default(true),
        isolation: z.boolean().default(false),
      })
      .prefault({}),
    masquerade: z
      .strictObject({
        enabled: z.boolean().default(true),
        except: z.array(cidrSchema).default([]),
      })
      .prefault({}),
    ipam: z
      .strictObject({
        coolDownSeconds: z.number().min(0, coolDown).max(3600, coolDown).default(30),
      })
      .prefault({}),
    pathCheck: z
      .strictObject({
        enabled: z.boolean().default(true),
        port: z.int(checkPort).min(1, checkPort).max(65535, checkPort).default(8473),
      })
      .prefault({}),
  })
  .superRefine(({ pools, attach }, context) => {
    if (attach.mtu === undefined || attach.mtu >= minMtu6) return;
    const pool = pools.find(({ cidr }) => familyOf(cidr) === 'ipv6');
    if (pool === undefined) return;
    const message = `must be at least ${minMtu6} because pool "${pool.name}" is IPv6 (RFC 8200 §5)`;
    context.addIssue({ code: 'custom', path: ['attach', 'mtu'], message });
  });
