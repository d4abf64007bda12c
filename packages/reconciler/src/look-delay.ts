import type { MonitorEvent } from '@poplin/netlink';
import type { ownAuthor } from './nftables/author.js';

/** Events of this long are answered with one look, ms. */
const coalesce = 10;

/** An event of nftables, or of a link of ours, that comes this soon after an own change is most likely that change's, ms. */
export const echo = 100;

/** What the table is looked at for waits this long, ms, so that many commits cost one look: to list it takes long with hundreds of pods. */
const calm = 1000;

/** Tells who made a change of nftables: this process, by {@link ownAuthor}, or `undefined` where that cannot be known. */
export type OwnAuthor = ReturnType<typeof ownAuthor>;

/**
 * Tells how soon the kernel is to be looked at after an event that deserves it, ms. Where an event of nftables says not who
 * changed something, somebody else's change right after one of ours waits longer.
 *
 * @param writtenAt - when the table was last written, as `performance.now()` tells it.
 */
export function delayOf({ kind }: MonitorEvent, writtenAt: number, isOwn?: OwnAuthor): number {
  const mayBeOwn = kind === 'nftables' && !isOwn && performance.now() - writtenAt < echo;
  return mayBeOwn ? calm : coalesce;
}
