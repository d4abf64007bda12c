import type { AddResponse } from '@poplin/api';

/** A handler that answers `done` when it is let go, and when it has begun. */
export function heldHandler() {
  let letGo: () => void = () => {};
  let begin: () => void = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const handler = async (): Promise<AddResponse> => {
    begin();
    await released;
    return { result: Buffer.from('done') };
  };
  return { begun, handler, finish: () => letGo() };
}
