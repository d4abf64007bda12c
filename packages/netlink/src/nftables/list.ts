import { constants } from 'node:os';
import { NetlinkError } from '../error.js';
import type { NftContext } from './context.js';
import type {
  NftChain,
  NftFamily,
  NftMap,
  NftMemberName,
  NftObject,
  NftSet,
  NftTable,
  NftTableName,
} from './types.js';

/** Everything that is there, or everything of a family. */
export async function listRuleset(context: NftContext, family?: NftFamily): Promise<NftObject[]> {
  const operation = `list nftables ruleset${of(family)}`;
  using _held = context.hold(operation);
  return await context.run(operation, [{ list: { ruleset: { family } } }]);
}

/** Tables without what is in them. */
export async function listTables(context: NftContext, family?: NftFamily): Promise<NftTable[]> {
  const operation = `list nftables tables${of(family)}`;
  using _held = context.hold(operation);
  return tablesIn(await context.run(operation, [{ list: { tables: { family } } }]));
}

/** Chains without their rules. */
export async function listChains(context: NftContext, family?: NftFamily): Promise<NftChain[]> {
  const operation = `list nftables chains${of(family)}`;
  using _held = context.hold(operation);
  const objects = await context.run(operation, [{ list: { chains: { family } } }]);
  return objects.flatMap((object) => ('chain' in object ? [object.chain] : []));
}

/** A table and what is in it; `undefined` when it is not there. */
export async function listTable(
  context: NftContext,
  { family, name }: NftTableName,
): Promise<NftObject[] | undefined> {
  const operation = `list nftables table ${family} ${name}`;
  return listOne(context, operation, { table: { family, name } }, async () => {
    const tables = tablesIn(await context.run(operation, [{ list: { tables: { family } } }]));
    return tables.some((table) => table.name === name);
  });
}

/** A chain and its rules; `undefined` when it is not there. */
export async function listChain(
  context: NftContext,
  chain: NftMemberName,
): Promise<NftObject[] | undefined> {
  const objects = await listMember(context, 'chain', chain);
  return objects?.filter((object) => 'chain' in object || 'rule' in object);
}

/** A set with its elements; `undefined` when it is not there. */
export async function listSet(
  context: NftContext,
  set: NftMemberName,
): Promise<NftSet | undefined> {
  const objects = await listMember(context, 'set', set);
  return objects?.flatMap((object) => ('set' in object ? [object.set] : []))[0];
}

/** A map with its elements; `undefined` when it is not there. */
export async function listMap(
  context: NftContext,
  map: NftMemberName,
): Promise<NftMap | undefined> {
  const objects = await listMember(context, 'map', map);
  return objects?.flatMap((object) => ('map' in object ? [object.map] : []))[0];
}

async function listMember(
  context: NftContext,
  kind: 'chain' | 'set' | 'map',
  { family, table, name }: NftMemberName,
): Promise<NftObject[] | undefined> {
  const operation = `list nftables ${kind} ${family} ${table} ${name}`;
  return listOne(context, operation, { [kind]: { family, table, name } }, async () => {
    const objects = await context.run(operation, [{ list: { [`${kind}s`]: { family } } }]);
    return objects.some((object) => {
      const [found] = Object.values(object) as Partial<NftMemberName>[];
      return kind in object && found?.table === table && found.name === name;
    });
  });
}

/**
 * Lists one thing, `undefined` when it is not there. That is known by ENOENT; where the words of libnftables are in a language
 * that tells no number, one has to look.
 */
async function listOne(
  context: NftContext,
  operation: string,
  what: object,
  isThere: () => Promise<boolean>,
): Promise<NftObject[] | undefined> {
  using _held = context.hold(operation);
  try {
    return await context.run(operation, [{ list: what }]);
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === constants.errno.ENOENT) return undefined;
    if (error instanceof NetlinkError && error.errno === undefined && !(await isThere())) {
      return undefined;
    }
    throw error;
  }
}

function tablesIn(objects: readonly NftObject[]): NftTable[] {
  return objects.flatMap((object) => ('table' in object ? [object.table] : []));
}

function of(family: NftFamily | undefined): string {
  return family ? ` of ${family}` : '';
}
