import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import { littleEndian, viewOf } from '../../../codec/byte-order.js';
import { decodeError } from '../../../error.js';
import { checkIfindex, checkNumber } from '../../encode-request.js';
import { namesOf } from '../../names.js';
import { knownNumber } from '../known-number.js';
import { decodeStatistics, type TrafficStatistics } from '../statistics.js';

/** Where a packet is sent to (TCA_EGRESS_*, TCA_INGRESS_*): out of a link, or as if the link had received it. */
export type MirredTarget = 'egressRedirect' | 'egressMirror' | 'ingressRedirect' | 'ingressMirror';

/** What becomes of a packet (TC_ACT_*). */
export type GenericVerdict = 'ok' | 'reclassify' | 'shot' | 'pipe' | 'stolen' | 'continue' | 'trap';

/** What is done with a packet that a filter has found. Same as `action mirred …`, `action ok`, `action drop` of tc(8). */
export type TrafficAction =
  | { readonly kind: 'mirred'; readonly to: MirredTarget; readonly ifindex: number }
  /** `ok` lets it pass, `shot` drops it, `pipe` goes on to the next action, `continue` to the next filter. */
  | { readonly kind: 'gact'; readonly verdict: GenericVerdict };

/** An action as the kernel tells it; of other kinds than ours just the name. */
export type TrafficActionState = (
  | TrafficAction
  | { readonly kind: 'other'; readonly name: string }
) & { readonly statistics?: TrafficStatistics };

/** Attributes of an action (TCA_ACT_*), and the parameters inside its options (TCA_MIRRED_PARMS, TCA_GACT_PARMS). */
const TCA_ACT = { KIND: 1, OPTIONS: 2, STATS: 4 } as const;
const PARMS = 2;
/** TCA_ACT_MAX_PRIO: as many actions as a filter takes. */
const MAX_ACTIONS = 32;

/** Length of `tc_gen`, what every action's parameters begin with: index, capability, verdict, two counts. */
const TC_GEN_LENGTH = 20;
/** Length of `struct tc_mirred`: tc_gen, target, link. */
const MIRRED_LENGTH = 28;

const verdicts = namesOf<GenericVerdict>({
  continue: -1,
  ok: 0,
  reclassify: 1,
  shot: 2,
  pipe: 3,
  stolen: 4,
  trap: 8,
});

const targets = namesOf<MirredTarget>({
  egressRedirect: 1,
  egressMirror: 2,
  ingressRedirect: 3,
  ingressMirror: 4,
});

/** Writes a list of actions, in their order, as an attribute of a filter. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeActions(
  operation: string,
  attributes: AttributeWriter,
  type: number,
  actions: readonly TrafficAction[],
): void {
  if (actions.length === 0) return;
  checkNumber(operation, 'the number of actions', actions.length, 1, MAX_ACTIONS);
  attributes.nested(type, (list) => {
    for (const [i, action] of actions.entries()) {
      list.nested(i + 1, (one) => {
        one.text(TCA_ACT.KIND, action.kind);
        one.nested(TCA_ACT.OPTIONS, (options) => {
          options.bytes(PARMS, parametersOf(operation, action));
        });
      });
    }
  });
}

function parametersOf(operation: string, action: TrafficAction): Uint8Array {
  if (action.kind === 'gact') {
    const bytes = new Uint8Array(TC_GEN_LENGTH);
    const verdict = knownNumber(operation, 'verdict', verdicts, action.verdict);
    viewOf(bytes).setInt32(8, verdict, littleEndian);
    return bytes;
  }
  const bytes = new Uint8Array(MIRRED_LENGTH);
  const view = viewOf(bytes);
  // A copy goes its way and the packet goes on; who is redirected is gone.
  const verdict = action.to.endsWith('Mirror') ? 'pipe' : 'stolen';
  view.setInt32(8, verdicts.numberOf(verdict), littleEndian);
  view.setInt32(20, knownNumber(operation, 'target', targets, action.to), littleEndian);
  view.setUint32(24, checkIfindex(operation, action.ifindex), littleEndian);
  return bytes;
}

/** Reads a list of actions. @throws {NetlinkError} DECODE. */
export function decodeActions(attributes: Attributes | undefined): TrafficActionState[] {
  if (!attributes) return [];
  const actions: TrafficActionState[] = [];
  for (let number = 1; number <= MAX_ACTIONS; number++) {
    const one = attributes.nested(number);
    if (!one) break;
    const statistics = one.nested(TCA_ACT.STATS);
    actions.push({
      ...decodeAction(one.text(TCA_ACT.KIND) ?? '', one.nested(TCA_ACT.OPTIONS)),
      ...(statistics === undefined ? {} : { statistics: decodeStatistics(statistics) }),
    });
  }
  return actions;
}

function decodeAction(name: string, options: Attributes | undefined): TrafficActionState {
  const parameters = options?.bytes(PARMS);
  if ((name !== 'mirred' && name !== 'gact') || !parameters) return { kind: 'other', name };
  if (parameters.length < (name === 'gact' ? TC_GEN_LENGTH : MIRRED_LENGTH)) {
    throw decodeError('filter', `action ${name} of ${parameters.length} bytes`);
  }
  const view = viewOf(parameters);
  if (name === 'gact') {
    const verdict = verdicts.nameOf(view.getInt32(8, littleEndian));
    return verdict === undefined ? { kind: 'other', name } : { kind: 'gact', verdict };
  }
  const to = targets.nameOf(view.getInt32(20, littleEndian));
  const ifindex = view.getUint32(24, littleEndian);
  return to === undefined ? { kind: 'other', name } : { kind: 'mirred', to, ifindex };
}
