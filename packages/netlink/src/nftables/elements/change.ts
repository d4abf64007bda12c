import { type AttributeWriter, NLA_F_NESTED } from '../../codec/attribute-writer.js';
import { NLM_F } from '../../codec/message.js';
import { invalidArgument } from '../../error.js';
import { NFNL_SUBSYS, nfnetlinkHeader } from '../../nfnetlink/header.js';
import { nfnetlinkTransactions } from '../../nfnetlink/transaction.js';
import { encodeRequest } from '../../rtnetlink/encode-request.js';
import type { NetlinkRequest, NetlinkTransaction } from '../../socket/request.js';
import type { NftTableName } from '../objects/table.js';
import {
  NFPROTO,
  NFT_SETELEM,
  NFTA_DATA_VALUE,
  NFTA_LIST_ELEM,
  NFTA_SET_ELEM,
  NFTA_SET_ELEM_LIST,
} from './attributes.js';
import { keyBytes } from './data.js';
import type { NftElement, NftElementChange, NftElementSet } from './types.js';

/**
 * Deletes elements and adds others, as one transaction: ENOENT when one that is to go is not there, EEXIST when one of the others is there with another
 * value or overlaps with one. Same as `nft 'delete element …; add element …'`, by the kernel's own messages: libnftables reads all
 * sets and parses JSON for each transaction.
 *
 * All of it is one datagram, of some 100 bytes an element: for a few hundred at a time.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT when there is nothing to change, when a part of a key is none of its type, when there are more
 *   elements of a set than an attribute holds, and for a set of plain intervals, whose elements the kernel keeps otherwise: change those by `run`.
 */
export function elementChange({ table, gone, come }: NftElementChange): NetlinkTransaction {
  const operation = `change elements of table ${table.family} ${table.name}`;
  const requests = [
    ...bySet(gone).map((elements) => listRequest('delete', table, elements)),
    ...bySet(come).map((elements) => listRequest('add', table, elements)),
  ];
  if (requests.length === 0) throw invalidArgument(operation, 'there is nothing to change');
  return transactionOf(operation, requests);
}

const transactionOf = nfnetlinkTransactions(NFNL_SUBSYS.NFTABLES);

/**
 * Tells whether the elements of a set can be written so: keys of any types but plain intervals, which the kernel keeps as two
 * elements each (nft_set_rbtree).
 */
export function takesElementChange({ type, flags = [] }: NftElementSet): boolean {
  return type.length > 1 || !flags.includes('interval');
}

/** Elements of one set, of which there is at least one. */
interface ElementsOfSet {
  readonly set: NftElementSet;
  readonly elements: readonly NftElement[];
}

function bySet(elements: readonly NftElement[]): readonly ElementsOfSet[] {
  const lists = new Map<string, { set: NftElementSet; elements: NftElement[] }>();
  for (const element of elements) {
    const list = lists.get(element.set.name);
    if (list) list.elements.push(element);
    else lists.set(element.set.name, { set: element.set, elements: [element] });
  }
  return [...lists.values()];
}

function listRequest(
  verb: 'add' | 'delete',
  table: NftTableName,
  { set, elements }: ElementsOfSet,
): NetlinkRequest {
  const operation = `${verb} elements of ${table.family} ${table.name} ${set.name}`;
  if (!takesElementChange(set)) {
    throw invalidArgument(
      operation,
      'plain intervals are no single elements',
      'Change them by run',
    );
  }
  const head =
    verb === 'add'
      ? { type: NFT_SETELEM.NEW, flags: NLM_F.CREATE, operation }
      : { type: NFT_SETELEM.DELETE, flags: 0, operation };
  return encodeRequest(head, nfnetlinkHeader(NFPROTO[table.family]), (list) => {
    list.text(NFTA_SET_ELEM_LIST.TABLE, table.name);
    list.text(NFTA_SET_ELEM_LIST.SET, set.name);
    list.nested(NFTA_SET_ELEM_LIST.ELEMENTS | NLA_F_NESTED, (all) => {
      for (const element of elements) {
        all.nested(NFTA_LIST_ELEM | NLA_F_NESTED, (one) => {
          writeKey(operation, one, element);
          if (verb === 'add') writeValue(operation, one, element);
        });
      }
    });
  });
}

/** In an interval set each key is a range, also that of one address (nft_pipapo_insert). */
function writeKey(operation: string, to: AttributeWriter, { set, key }: NftElement): void {
  const isRange = set.flags?.includes('interval') ?? false;
  const first = keyBytes(operation, set.type, key, isRange ? 'first' : 'only');
  writeData(to, NFTA_SET_ELEM.KEY, first);
  if (!isRange) return;
  const isWide = key.some((part) => typeof part === 'string' && part.includes('/'));
  const last = isWide ? keyBytes(operation, set.type, key, 'last') : first;
  writeData(to, NFTA_SET_ELEM.KEY_END, last);
}

function writeValue(operation: string, to: AttributeWriter, { set, value }: NftElement): void {
  if ((set.map === undefined) !== (value === undefined)) {
    throw invalidArgument(operation, 'an element of a map has a value, one of a set has none');
  }
  if (set.map === undefined || value === undefined) return;
  writeData(to, NFTA_SET_ELEM.DATA, keyBytes(operation, [set.map], [value], 'only'));
}

function writeData(to: AttributeWriter, type: number, bytes: Uint8Array): void {
  to.nested(type | NLA_F_NESTED, (data) => data.bytes(NFTA_DATA_VALUE, bytes));
}
