import { type AttachmentKey, keyText } from './attachment/identity.js';

/** Names under which the parts of the daemon own their state at the reconciler. */
export const owners = {
  /** The node's own blocks, and the bridge. */
  blocks: 'blocks',
  /** The sysctls without which a node forwards nothing. */
  forwarding: 'forwarding',
  /** What a backend at work needs whoever the peers are. */
  backend: (name: string): string => `backend ${name}`,
  /** What leads to a peer, and that pods keep their address towards it. */
  peer: (name: string): string => `peer ${name}`,
  /** Links whose checksums are computed in software, since packets were lost otherwise. */
  checksums: 'checksums',
  /** What is forwarded, and who leaves the cluster under the node's address. */
  firewall: 'firewall',
  /** What one attachment needs of the host. */
  attachment: (key: AttachmentKey): string => `pod ${keyText(key)}`,
} as const;

/** Name of the peer that an owner stands for; `undefined` when it stands for none. */
export function peerOfOwner(owner: string): string | undefined {
  const start = owners.peer('');
  return owner.startsWith(start) ? owner.slice(start.length) : undefined;
}

/** What every pod of the node needs. */
export const sharedOwners: readonly string[] = [owners.blocks, owners.forwarding, owners.firewall];
