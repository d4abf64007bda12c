import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Makes an assertion again and again until it holds: for what docs/cni.md says happens shortly after. Not `expect.poll`,
 * which has to know its test, and several run at a time.
 *
 * @param timeoutMs - patience, milliseconds.
 * @throws what the assertion throws when patience ends.
 */
export async function soon(assertion: () => Promise<void>, timeoutMs = 2_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(50);
  }
}
