import type { Family } from '@poplin/net';
import { AttachmentError } from './error.js';

/** What may leave a pod in one packet, bytes. */
export interface PodMtu {
  /** MTU of both ends of the pod's interface. */
  readonly link: number;
  /** What fits to other nodes, whatever the interface takes. */
  readonly path: Readonly<Record<Family, number>>;
}

/** What a link must take for a family: RFC 791 §3.1 ("Every internet module must be able to forward a datagram of 68 octets"), RFC 8200 §5. */
const least: Readonly<Record<Family, number>> = { ipv4: 68, ipv6: 1280 };

/**
 * The MTU of pods. The interface takes what fits in the family that a backend adds least to; {@link pathMtu} tells the others.
 *
 * @param underlay - MTU of the underlay, bytes.
 * @param overhead - bytes that are added on the way to a packet of each family.
 * @param families - those that pods have addresses of; at least one.
 * @param asked - what the cluster wants for the interface instead.
 */
export function podMtuOf(
  underlay: number,
  overhead: Readonly<Record<Family, number>>,
  families: readonly Family[],
  asked: number | undefined,
): PodMtu {
  const path = { ipv4: underlay - overhead.ipv4, ipv6: underlay - overhead.ipv6 };
  return { link: asked ?? Math.max(...families.map((family) => path[family])), path };
}

/** What fits by family, where that is less than the interface takes: for the default routes in the pod. */
export function pathMtu(
  link: number,
  path: PodMtu['path'],
  families: readonly Family[],
): Partial<Record<Family, number>> {
  const less: Partial<Record<Family, number>> = {};
  for (const family of families) if (path[family] < link) less[family] = path[family];
  return less;
}

/** Why pods cannot have a family: a sentence with the remedy; `undefined` when all fit. */
export function tooSmallMtu(
  { link, path }: PodMtu,
  families: readonly Family[],
): string | undefined {
  const family = families.find((one) => Math.min(link, path[one]) < least[one]);
  if (family === undefined) return undefined;
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const what = `pods cannot have ${name}, which needs packets of ${least[family]} bytes: `;
  return path[family] < least[family]
    ? `${what}${path[family]} fit through the underlay and the backend. Raise the MTU of the underlay's interface, or choose a backend that adds less`
    : `${what}their interface takes ${link}. Raise attach.mtu`;
}

/** @throws {AttachmentError} MTU_TOO_SMALL when packets of one of the families do not fit. */
export function refuseSmallMtu(mtu: PodMtu, families: readonly Family[]): void {
  const why = tooSmallMtu(mtu, families);
  if (why !== undefined) throw new AttachmentError('MTU_TOO_SMALL', why);
}
