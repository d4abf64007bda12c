import { conflictingPortMapping } from '@poplin/backend';
import { type Caller, familyOf } from '@poplin/net';
import { AttachmentError } from './error.js';
import { addressText, ownerText } from './facts.js';
import { type AttachmentKey, keyText } from './identity.js';
import { portMappingsOf } from './plan.js';
import type { AttachmentRecord } from './record.js';

/** There is no attachment of this name. */
export function unknownAttachment({ containerId, ifname }: AttachmentKey): AttachmentError {
  return new AttachmentError(
    'UNKNOWN_ATTACHMENT',
    `container ${containerId} has no interface ${ifname} of Poplin`,
  );
}

/** There is such an attachment, and its interface lives. */
export function attachedAlready(record: AttachmentRecord): AttachmentError {
  const { containerId, ifname } = record;
  return new AttachmentError(
    'INTERFACE_EXISTS',
    `container ${containerId} is attached already: ${ifname} has ${addressText(record)}`,
    { remedy: 'Delete the attachment first (CNI DEL)' },
  );
}

/** @throws {AttachmentError} INVALID_NETWORK_CONFIG for a route of a family that the pod has no address of. */
export function refuseStrayRoutes({ addresses, routes }: AttachmentRecord): void {
  const families = new Set(addresses.map(({ ip }) => familyOf(ip)));
  const stray = routes.find(({ dst }) => !families.has(familyOf(dst)));
  if (!stray) return;
  throw new AttachmentError(
    'INVALID_NETWORK_CONFIG',
    `network configuration: routes: ${stray.dst} needs an address of its family, and the cluster has no pool for one`,
  );
}

/**
 * @param others - the attachments that have host ports; this one may be among them.
 * @throws {AttachmentError} PORT_IN_USE, with its holder, when another attachment has one of the host ports.
 */
export function refuseTakenPorts(
  record: AttachmentRecord,
  others: Iterable<AttachmentRecord>,
): void {
  if (record.portMappings.length === 0) return;
  const wanted = portMappingsOf(record);
  for (const other of others) {
    if (!haveCommonPort(record, other) || keyText(other) === keyText(record)) continue;
    const theirs = portMappingsOf(other);
    const clash = wanted.find((mapping) => conflictingPortMapping(mapping, theirs));
    if (!clash) continue;
    throw new AttachmentError(
      'PORT_IN_USE',
      `host port ${clash.hostPort}/${clash.protocol} belongs to ${ownerText(other)}`,
      { remedy: 'Choose another host port, or another node' },
    );
  }
}

/** Tells whether both ask for the same number at least. */
function haveCommonPort(a: AttachmentRecord, b: AttachmentRecord): boolean {
  return a.portMappings.some((one) =>
    b.portMappings.some((other) => one.hostPort === other.hostPort),
  );
}

/** @throws {AttachmentError} CANCELLED when the caller has gone. */
export function throwIfGone(caller: Caller, { containerId }: AttachmentKey): void {
  if (!caller.isGone) return;
  throw new AttachmentError(
    'CANCELLED',
    `the runtime gave up the ADD of container ${containerId} before it was done`,
    { retryable: true },
  );
}
