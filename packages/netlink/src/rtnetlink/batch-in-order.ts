import { errorOf } from '../codec/acknowledgement.js';
import type { NetlinkError } from '../error.js';
import type { Nftables } from '../nftables/nftables.js';
import type { OnFailure } from '../socket/exchange.js';
import { requestsOf, type Step, type StepAnswer, transactInOrder } from '../socket/executor.js';
import { executorOf } from '../socket/handle.js';
import type { NetlinkRequest, NetlinkTransaction } from '../socket/request.js';
import type { RunOptions } from '../thread/shared-thread.js';
import type { Netlink } from './netlink.js';

/** A batch for one of several handles. */
export interface HandleBatch {
  readonly on: Netlink;
  readonly requests: readonly NetlinkRequest[];
  /** What follows when a request of it fails; `stop` by default. */
  readonly onFailure?: OnFailure;
}

/** A transaction for one of several handles, made by `elementChange`. */
export interface HandleTransaction {
  readonly on: Nftables;
  readonly transaction: NetlinkTransaction;
  /** What follows when it is refused; `stop` by default. */
  readonly onFailure?: OnFailure;
}

/** What came of a {@link HandleBatch}. */
export interface BatchAnswer {
  /**
   * An error or `undefined` for each request; empty when the batch was not sent. A transaction was carried out when there is no error
   * among them.
   */
  readonly errors: readonly (NetlinkError | undefined)[];
  /** How long the kernel took for it, milliseconds. */
  readonly ms: number;
}

/**
 * Batches on several handles, such as those of two namespaces, in order and in one go of the thread that waits for the
 * kernel. What follows a batch in which a request fails is up to its {@link HandleBatch.onFailure}; within it the kernel goes on,
 * as in {@link Netlink.batch}.
 *
 * @throws {NetlinkError} CLOSED when one of the handles is disposed; nothing is sent then.
 */
export async function batchInOrder(
  batches: readonly (HandleBatch | HandleTransaction)[],
  options?: RunOptions,
): Promise<readonly BatchAnswer[]> {
  const steps: Step[] = [];
  for (const batch of batches) steps.push(stepOf(batch));
  const answers: BatchAnswer[] = [];
  for (const [i, answer] of (await transactInOrder(steps, options)).entries()) {
    answers.push(batchAnswer(requestsOf(steps[i]?.work ?? []), answer));
  }
  return answers;
}

function stepOf(batch: HandleBatch | HandleTransaction): Step {
  return {
    executor: executorOf(batch.on),
    work: 'transaction' in batch ? batch.transaction : batch.requests,
    onFailure: batch.onFailure ?? 'stop',
  };
}

function batchAnswer(
  requests: readonly NetlinkRequest[],
  { acknowledgements, ms }: StepAnswer,
): BatchAnswer {
  const errors: (NetlinkError | undefined)[] = [];
  for (const [i, acknowledgement] of acknowledgements.entries()) {
    const request = requests[i];
    errors.push(request && errorOf(request, acknowledgement));
  }
  return { errors, ms };
}
