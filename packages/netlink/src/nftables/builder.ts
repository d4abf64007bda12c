/** What a ruleset is put together from: expressions, statements, and tables as a whole. */
export { and, or, xor } from './expressions/bits.js';
export { jhash, numgen, symhash } from './expressions/choice.js';
export { ct, ctTuple } from './expressions/ct.js';
export { destinationType, fib } from './expressions/fib.js';
export { meta, socket } from './expressions/meta.js';
export { destinationAddress, payload, rawPayload, sourceAddress } from './expressions/payload.js';
export {
  anonymousSet,
  concat,
  element,
  inSet,
  lookup,
  prefix,
  range,
} from './expressions/sets.js';
export { rt, tcpOption } from './expressions/tcp-option.js';
export { priorities } from './objects/chain.js';
export { addressType } from './objects/set.js';
export { emptyTable, replaceTable } from './replace-table.js';
export { counter, ctCount, limit, namedCounter, namedLimit } from './statements/limit.js';
export { log } from './statements/log.js';
export { mangle } from './statements/mangle.js';
export { match } from './statements/match.js';
export { dnat, masquerade, redirect, snat } from './statements/nat.js';
export { queue } from './statements/queue.js';
export { reject } from './statements/reject.js';
export { notrack } from './statements/statement.js';
export { tproxy } from './statements/tproxy.js';
export { updateSet } from './statements/update.js';
export {
  accept,
  continueVerdict,
  drop,
  goto,
  jump,
  returnVerdict,
  verdictMap,
} from './statements/verdict.js';
