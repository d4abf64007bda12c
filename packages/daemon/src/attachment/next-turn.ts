/**
 * Does something in the next turn of the event loop, when what is under way now has been handed to others: a job to the thread that
 * waits for the kernel, an answer to the socket. Or earlier, when somebody asks for it.
 *
 * @returns what came of it, for whoever asks. A failure is theirs; it is no crash when nobody asks.
 */
export function inNextTurn<T>(work: () => T): () => T {
  let outcome: (() => T) | undefined;
  const decide = (): (() => T) => {
    outcome ??= outcomeOf(work);
    return outcome;
  };
  const turn = setImmediate(decide);
  return () => {
    clearImmediate(turn);
    return decide()();
  };
}

/** Does it now, and tells later: returns or throws. */
function outcomeOf<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (failure) {
    return () => {
      throw failure;
    };
  }
}
