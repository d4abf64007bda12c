import { type AttachmentKey, keyText } from '../attachment/identity.js';
import { AttachmentServiceError } from './error.js';

/** How an attachment is asked for. */
export interface AttachmentQuery {
  /** Id of the container, or the beginning of one. */
  readonly containerId: string;
  /** Name of the interface; empty when that goes without saying. */
  readonly ifname: string;
}

/** As many candidates as an error names. */
const named = 8;

/**
 * Finds the one attachment that is meant. A whole container id wins over longer ones that begin with it.
 *
 * @throws {AttachmentServiceError} INVALID_REQUEST without a container id; ATTACHMENT_NOT_FOUND; ATTACHMENT_AMBIGUOUS, with the
 *   candidates.
 */
export function resolveAttachment<T extends AttachmentKey>(
  attachments: readonly T[],
  query: AttachmentQuery,
): T {
  const { containerId, ifname } = query;
  if (containerId === '') {
    throw new AttachmentServiceError('INVALID_REQUEST', 'container_id is empty', {
      remedy: 'Give the id of the container, or its first digits',
    });
  }
  const exact = attachments.filter((one) => one.containerId === containerId);
  const ofContainer =
    exact.length > 0 ? exact : attachments.filter((one) => one.containerId.startsWith(containerId));
  const fitting = ofContainer.filter((one) => ifname === '' || one.ifname === ifname);
  const [only, ...others] = fitting;
  if (!only) throw notFound(query, ofContainer);
  if (others.length > 0) throw ambiguous(query, fitting);
  return only;
}

function notFound(
  { containerId, ifname }: AttachmentQuery,
  ofContainer: readonly AttachmentKey[],
): AttachmentServiceError {
  const nobody = ofContainer.length === 0;
  return new AttachmentServiceError(
    'ATTACHMENT_NOT_FOUND',
    nobody
      ? `this node has no attachment of a container ${containerId}`
      : `container ${containerId} has no interface ${ifname} here, but ${textOf(ofContainer)}`,
    nobody ? { remedy: 'poplinctl attachments lists those of this node' } : {},
  );
}

function ambiguous(
  { containerId }: AttachmentQuery,
  fitting: readonly AttachmentKey[],
): AttachmentServiceError {
  const containers = new Set(fitting.map((one) => one.containerId));
  return new AttachmentServiceError(
    'ATTACHMENT_AMBIGUOUS',
    `${fitting.length} attachments fit ${containerId}: ${textOf(fitting)}`,
    {
      remedy:
        containers.size > 1
          ? 'Give more digits of the container id'
          : 'Say which interface of the container is meant',
    },
  );
}

function textOf(attachments: readonly AttachmentKey[]): string {
  const keys = attachments.map(keyText).sort();
  const more = keys.length - named;
  return `${keys.slice(0, named).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
