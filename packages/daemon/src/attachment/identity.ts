import { hash, randomUUID } from 'node:crypto';

/** What names an attachment: CNI's pair of container and interface. */
export interface AttachmentKey {
  /** CNI_CONTAINERID. */
  readonly containerId: string;
  /** CNI_IFNAME. */
  readonly ifname: string;
}

/** The key as one text. Neither part can hold a slash. */
export function keyText({ containerId, ifname }: AttachmentKey): string {
  return `${containerId}/${ifname}`;
}

/**
 * Name of the host's end of a pod interface: `pop` and 11 hex digits of SHA-1 over container id and
 * interface name. It follows from the CNI call alone, so a DEL finds it without any record.
 */
export function hostLinkName(key: AttachmentKey): string {
  return `pop${hash('sha1', keyText(key), 'hex').slice(0, 11)}`;
}

/** ifalias of that link: tells a person who looks at the host which pod it belongs to. */
export function hostLinkAlias(key: AttachmentKey): string {
  return `poplin:pod:${key.containerId.slice(0, 64)}:${key.ifname}`;
}

/** A name for both ends of a pod interface that is going: its own are free for others at once. */
export function deadLinkName(): string {
  // Random but for one digit, which is left out; Node draws them by the hundred.
  const [first, second = ''] = randomUUID().split('-');
  return `popx${first}${second.slice(1)}`;
}
