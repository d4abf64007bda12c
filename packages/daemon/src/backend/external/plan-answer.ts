import {
  type BackendRules,
  checkBackendState,
  type KernelState,
  kernelStateSchema,
  type PeerPlan,
} from '@poplin/backend';
import { z } from 'zod';

const peerPlanSchema: z.ZodType<PeerPlan> = z.strictObject({
  state: kernelStateSchema,
  refusals: z.array(z.string().max(1_000)).max(1_000),
});

/** The state that a backend answered with. @throws {Error} which names what is wrong with it. */
export function hostPlanOf(answer: unknown, rules: BackendRules): KernelState {
  const state = parse(kernelStateSchema, answer);
  refuse(state, rules);
  return state;
}

/** The plan for a peer that a backend answered with. @throws {Error} which names what is wrong with it. */
export function peerPlanOf(answer: unknown, rules: BackendRules): PeerPlan {
  const plan = parse(peerPlanSchema, answer);
  refuse(plan.state, rules);
  return plan;
}

/** A text for an operator names the first problem, and how many more there are. */
function refuse(state: KernelState, rules: BackendRules): void {
  const [first, ...more] = checkBackendState(state, rules);
  if (first === undefined) return;
  throw new Error(more.length === 0 ? first : `${first} (and ${more.length} more)`);
}

function parse<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') || 'the answer';
  throw new Error(`it answers with a bad plan: ${path}: ${issue?.message}`);
}
