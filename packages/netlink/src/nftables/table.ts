import type { NftCommand, NftTableName } from './types.js';

/**
 * The commands that leave a table empty, whether it was there or not. In front of the commands that fill it, in one `run`,
 * they replace the whole of it: nobody ever sees it half done. Adding first makes the deletion of a table that is not there no
 * error.
 */
export function emptyTable({ family, name }: NftTableName): NftCommand[] {
  const table = { family, name };
  return [{ add: { table } }, { delete: { table } }, { add: { table } }];
}
