/**
 * The thread that waits for the kernel in place of the event loop: takes jobs, carries them out one after the other,
 * answers.
 *
 * @module
 */
import { parentPort } from 'node:worker_threads';
import { libc } from '../ffi/libc.js';
import { carryOut } from './carry-out.js';
import { type Answer, handedOver, type Order } from './protocol.js';

const syscalls = libc();

parentPort?.on('message', (order: Order) => {
  const answer = answerTo(order);
  parentPort?.postMessage(answer, 'result' in answer ? handedOver(answer.result) : []);
});

function answerTo({ id, kind, input }: Order): Answer {
  try {
    return { id, result: carryOut(kind, input, syscalls) };
  } catch (failure) {
    return { id, failure };
  }
}
