/** The objects, statements, expressions and commands of nftables. */
export type { NftCommand, NftDeletion, NftFlush } from './command.js';
export type {
  NftElement,
  NftElementChange,
  NftElementPart,
  NftElementSet,
  NftElementType,
} from './elements/types.js';
export type { NftHash, NftNumgen } from './expressions/choice.js';
export type { NftCt, NftCtDirection, NftCtKey, NftCtTupleKey } from './expressions/ct.js';
export type { NftBits, NftExpression, NftMapData } from './expressions/expression.js';
export type { NftFib, NftFibFlag } from './expressions/fib.js';
export type { NftMetaKey } from './expressions/meta.js';
export type {
  NftHeader,
  NftHeaderFields,
  NftPayload,
  NftRawPayload,
} from './expressions/payload.js';
export type {
  NftElementExpression,
  NftElementOptions,
  NftMapContent,
  NftMapPair,
} from './expressions/sets.js';
export type { NftRouteKey, NftTcpOption } from './expressions/tcp-option.js';
export type { NftJson } from './json.js';
export type { NftBaseChain, NftChain, NftHook, NftRegularChain } from './objects/chain.js';
export type {
  NftFamily,
  NftIpFamily,
  NftMemberHandle,
  NftMemberName,
} from './objects/family.js';
export type { NftObject } from './objects/object.js';
export type { NftRule, NftRuleHandle } from './objects/rule.js';
export type { NftDataType, NftElements, NftMap, NftSet, NftSetFlag } from './objects/set.js';
export type { NftCounter, NftLimit, NftQuota } from './objects/stateful.js';
export type { NftTable, NftTableName } from './objects/table.js';
export type { NftChainContent, NftRuleContent, NftTableContent } from './replace-table.js';
export type {
  NftByteUnit,
  NftCounterStatement,
  NftCtCount,
  NftLimitData,
  NftLimitOptions,
  NftLimitPeriod,
  NftLimitStatement,
  NftQuotaData,
  NftQuotaStatement,
} from './statements/limit.js';
export type { NftLog, NftLogLevel, NftLogOptions } from './statements/log.js';
export type { NftMangle } from './statements/mangle.js';
export type { NftMatch, NftOperator } from './statements/match.js';
export type {
  MasqueradeOptions,
  NatFlag,
  NatTarget,
  NftNat,
  NftNatData,
} from './statements/nat.js';
export type { NftQueue, NftQueueFlag } from './statements/queue.js';
export type {
  NftIcmpReason,
  NftIcmpv6Reason,
  NftIcmpxReason,
  NftReject,
} from './statements/reject.js';
export type { NftStatement } from './statements/statement.js';
export type { NftTproxy } from './statements/tproxy.js';
export type { NftMapUpdate, NftSetUpdate, NftUpdateOperation } from './statements/update.js';
export type { NftVerdict, NftVerdictMap } from './statements/verdict.js';
