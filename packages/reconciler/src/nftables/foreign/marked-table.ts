import { randomBytes } from 'node:crypto';
import { NetlinkError, type Nftables, type NftCommand, type NftObject } from '@poplin/netlink';
import type { IptablesTable } from './docker-user.js';

/** Start of the names of counters that mark a table. */
const markPrefix = 'poplin-mark-';

/**
 * Changes a table of somebody else's, and only the one that was listed. Rules are named by handles, and those of a table that was
 * deleted and made again, as `iptables-restore` does, begin anew: a handle may mean another rule then. So a counter that nobody
 * uses and whose name was never there before marks the table, the listing is taken, and the transaction that changes rules deletes the
 * counter first. It went with a table that was replaced meanwhile; then the kernel refuses the whole transaction.
 *
 * @param commandsFor - the commands, by the listing.
 * @throws {NetlinkError} NFTABLES when the table is not there, was replaced, or the kernel refuses; nothing has changed then.
 */
export async function changeMarked(
  nftables: Pick<Nftables, 'run' | 'list'>,
  table: IptablesTable,
  commandsFor: (objects: readonly NftObject[]) => readonly NftCommand[],
): Promise<void> {
  const { family, name } = table;
  const suffix = randomBytes(6).toString('hex');
  const counter = { family, table: name, name: `${markPrefix}${suffix}` };
  const unmark: NftCommand = { delete: { counter } };
  await nftables.run([{ create: { counter } }]);
  try {
    const objects = (await nftables.list(table)) ?? [];
    await nftables.run([unmark, ...commandsFor(objects)]);
  } catch (error) {
    await unlessGone(nftables.run([unmark]));
    throw error;
  }
}

/** The commands that take marks away which a process has left that was killed. */
export function leftMarks(
  { family, name: table }: IptablesTable,
  objects: readonly NftObject[],
): NftCommand[] {
  return objects.flatMap((object): NftCommand[] => {
    if (!('counter' in object) || !object.counter.name.startsWith(markPrefix)) return [];
    return [{ delete: { counter: { family, table, name: object.counter.name } } }];
  });
}

async function unlessGone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'NFTABLES') throw error;
  }
}
