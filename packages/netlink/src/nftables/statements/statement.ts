import type { NftJson } from '../json.js';
import type {
  NftCounterStatement,
  NftCtCount,
  NftLimitStatement,
  NftQuotaStatement,
} from './limit.js';
import type { NftLog } from './log.js';
import type { NftMangle } from './mangle.js';
import type { NftMatch } from './match.js';
import type { NftNat } from './nat.js';
import type { NftQueue } from './queue.js';
import type { NftReject } from './reject.js';
import type { NftTproxy } from './tproxy.js';
import type { NftMapUpdate, NftSetUpdate } from './update.js';
import type { NftVerdict, NftVerdictMap } from './verdict.js';

/** Kinds of statements that libnftables-json(5) knows and this package has no closer type for. */
type OtherKind =
  | 'fwd'
  | 'dup'
  | 'flow'
  | 'meter'
  | 'ct helper'
  | 'ct timeout'
  | 'ct expectation'
  | 'secmark'
  | 'synproxy'
  | 'last'
  | 'reset'
  | 'optstrip'
  | 'xt';

/**
 * A statement of a rule (libnftables-json(5), STATEMENTS): its one key tells the kind. A newer kernel may list kinds that are not
 * here; they come as they are.
 */
export type NftStatement =
  | NftMatch
  | NftVerdict
  | NftVerdictMap
  | NftReject
  | NftNat
  | NftMangle
  | NftTproxy
  | NftQueue
  | NftCounterStatement
  | NftLimitStatement
  | NftQuotaStatement
  | NftCtCount
  | NftLog
  | NftSetUpdate
  | NftMapUpdate
  | { readonly notrack: null }
  | { readonly [K in OtherKind]: { readonly [P in K]: NftJson } }[OtherKind]
  /** Only in listings: what libnftables has no JSON for, in the words of `nft list`. */
  | { readonly text: string };

/** The connection is not tracked; in chains of priority `raw`, -300. Same as `notrack`. */
export const notrack: NftStatement = { notrack: null };
