import type { Executor } from './executor.js';

const executors = new WeakMap<object, Executor>();

/** Makes known what is behind a handle, for work that goes to several of them in one go. @returns the handle. */
export function handleOver<Handle extends object>(executor: Executor, handle: Handle): Handle {
  executors.set(handle, executor);
  return handle;
}

/** What is behind a handle. */
export function executorOf(handle: object): Executor {
  const executor = executors.get(handle);
  if (!executor) throw new TypeError('a handle is made by openNetlink or openNftables');
  return executor;
}
