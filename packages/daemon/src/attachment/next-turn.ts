/**
 * Does something in the next turn of the event loop, when what is under way now has been handed to others: a job to the thread that
 * waits for the kernel, an answer to the socket.
 *
 * @returns what came of it. A failure is that of whoever awaits it; it is no crash when nobody does.
 */
export function inNextTurn<T>(work: () => T): Promise<T> {
  const done = new Promise<void>((resolve) => void setImmediate(resolve)).then(work);
  done.catch(() => undefined);
  return done;
}
