import type { Assignment } from '@poplin/ipam';
import { type Cidr, type Family, familyOf, isoTime, type Mac, macForIp } from '@poplin/net';
import type { Netns } from '@poplin/netlink';
import type { AttachmentOptions, AttachmentRequest } from '../cni/index.js';
import type { AttachMode } from '../config/index.js';
import { bootId } from './boot-id.js';
import { hostLinkName } from './identity.js';
import { type PodMtu, pathMtu } from './mtu.js';
import { identityOf } from './netns.js';
import { defaultRoute } from './plan.js';
import type { AttachmentRecord } from './record.js';

/** What a record is made of besides the request. */
export interface RecordParts {
  readonly netns: Netns;
  /** At least one. */
  readonly assignments: readonly Assignment[];
  readonly mode: AttachMode;
  /** Name of the bridge of mode `bridge`. */
  readonly bridge: string;
  /** What fits to other nodes. */
  readonly path: PodMtu['path'];
  /** True when another interface of the pod has its default route. */
  readonly secondary: boolean;
  /** Process id of the plugin that asks; 0 when that is not known. */
  readonly callerPid: number;
}

/** What is asked for, as far as this interface gets it. */
export type AskedFor = Omit<AttachmentOptions, 'mac'> & { readonly mac?: Mac | undefined };

/** The record of an attachment that is about to be made. */
export function newRecord(
  request: AttachmentRequest,
  options: AskedFor,
  parts: RecordParts,
): AttachmentRecord {
  const { containerId, ifname, netnsPath, network, pod } = request;
  const { netns, assignments, mode, bridge, path, secondary, callerPid } = parts;
  const [first] = assignments;
  if (!first) throw new TypeError('IPAM assigns at least one address');
  const { device, inode } = identityOf(netns);
  return {
    version: 1,
    containerId,
    ifname,
    netns: { path: netnsPath, device, inode },
    mode,
    bridge,
    hostLink: hostLinkName(request),
    // An address that is used again comes back with the same MAC: no neighbour's cache is wrong.
    mac: options.mac ?? macForIp(first.ip),
    mtu: options.mtu,
    pathMtu: pathMtu(options.mtu, path, familiesOf(assignments)),
    addresses: assignments.map(({ ip, block, assignedAt }) => ({ ip, block, assignedAt })),
    mtuAsked: options.mtuAsked,
    secondary,
    routes: options.routes,
    portMappings: options.portMappings,
    bandwidth: options.bandwidth,
    hairpin: options.hairpin,
    isolation: options.isolation,
    plainDestinations: plainDestinations(options.masquerade),
    network,
    pod,
    createdAt: isoTime(),
    callerPid,
    bootId: bootId(),
  };
}

function familiesOf(assignments: readonly Assignment[]): readonly Family[] {
  const families: Family[] = [];
  for (const { ip } of assignments) families.push(familyOf(ip));
  return families;
}

function plainDestinations({ enabled, except }: AttachmentOptions['masquerade']): readonly Cidr[] {
  return enabled ? except : Object.values(defaultRoute);
}
