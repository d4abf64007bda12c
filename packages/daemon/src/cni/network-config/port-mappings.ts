import { type Family, familyOf, type Ip, merged, parseIp } from '@poplin/net';
import { z } from 'zod';
import { runtimeObject } from './objects.js';
import { listOf, wholeNumber } from './values.js';

/** Transport protocols of a host port. */
const protocols = ['tcp', 'udp', 'sctp'] as const;

/** A port of the node that shall lead to the pod. */
export interface PortMapping {
  readonly protocol: (typeof protocols)[number];
  /** The one address of the node that is meant; absent: every address. */
  readonly hostIp?: Ip;
  /** The one family that is meant: that of `hostIp`, or of the wildcard 0.0.0.0 or ::. Absent: both. */
  readonly family?: Family;
  /** 1 to 65535. */
  readonly hostPort: number;
  /** 1 to 65535. */
  readonly containerPort: number;
}

const anyAddress: readonly string[] = ['0.0.0.0', '::'];

const hostIp = z.string('must be an address').transform((text, context) => {
  if (text === '') return {};
  try {
    const ip = parseIp(text);
    return { family: familyOf(ip), ...(!anyAddress.includes(ip) && { hostIp: ip }) };
  } catch {
    context.addIssue({ code: 'custom', message: `"${text}" is not an address` });
    return z.NEVER;
  }
});

const protocol = z.string('must be tcp, udp or sctp').transform((text, context) => {
  const found = protocols.find((one) => one === (text.toLowerCase() || 'tcp'));
  if (found !== undefined) return found;
  const message = `must be tcp, udp or sctp, not ${JSON.stringify(text)}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** Numbers and texts that are missing are Go's zero values. */
const entry = runtimeObject({
  hostPort: wholeNumber(0, 65535).default(0),
  containerPort: wholeNumber(0, 65535).default(0),
  protocol: protocol.prefault(''),
  hostIP: hostIp.prefault(''),
});

/**
 * Schema of the capability `portMappings` (CNI conventions, "Dynamic Plugin specific fields"). A mapping without a host port
 * asks for nothing. Two that claim the same port of the same address are refused: only one could get packets.
 */
export const portMappings = listOf(entry).transform((entries, context) => {
  const taken: PortMapping[] = [];
  for (const [place, { hostIP, ...ports }] of entries.entries()) {
    if (ports.hostPort === 0) continue;
    const mapping: PortMapping = merged(ports, hostIP);
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [place, key], message });
    if (ports.containerPort === 0) refuse('containerPort', 'must be 1 to 65535');
    if (taken.some((other) => collide(other, mapping))) {
      refuse('hostPort', `${ports.protocol} port ${ports.hostPort} is mapped twice`);
    }
    taken.push(mapping);
  }
  return taken;
});

function collide(a: PortMapping, b: PortMapping): boolean {
  if (a.protocol !== b.protocol || a.hostPort !== b.hostPort) return false;
  if (a.family !== undefined && b.family !== undefined && a.family !== b.family) return false;
  return a.hostIp === undefined || b.hostIp === undefined || a.hostIp === b.hostIp;
}
