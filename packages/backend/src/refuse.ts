import type { Cidr } from '@poplin/net';
import type { Peer } from './network-view.js';

/**
 * One sentence on why blocks of a peer are not reached; it names the peer and each of them.
 *
 * @param why - half a sentence, with the way out behind it.
 */
export function refuse(peer: Pick<Peer, 'name'>, blocks: readonly Cidr[], why: string): string {
  const what =
    blocks.length === 0 ? 'pods' : `${blocks.length === 1 ? 'block' : 'blocks'} ${list(blocks)}`;
  return `${what} of node ${peer.name} cannot be reached: ${why}`;
}

function list(items: readonly string[]): string {
  return items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
