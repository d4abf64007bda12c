import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import type { Namespace } from '../../../lab/index.js';
import { soon } from './soon.js';

/** What the kernel said of the links of a namespace, in its order, while something was done. */
export interface LinkEvents {
  /** Lines of `ip -d -o monitor link` so far. */
  readonly lines: () => readonly string[];
}

/**
 * Listens to the kernel while something is done.
 *
 * @param act - what is done; it may wait until it has heard what it wants to hear.
 * @throws what `act` throws, and an assertion if the kernel is not heard at all.
 */
export async function hearLinks(
  namespace: Namespace,
  act: (events: LinkEvents) => Promise<void>,
): Promise<void> {
  const [program = '', ...argv] = namespace.enter(['ip', '-d', '-o', 'monitor', 'link']);
  const monitor = spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  monitor.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const lines = () => text.split('\n').slice(0, -1);
  try {
    await soon(async () => {
      // Something to hear, again and again: nobody says when the monitor listens.
      await namespace.configure(['link set lo alias heard', 'link set lo alias ""']);
      expect(lines().some((line) => line.includes('alias heard'))).toBe(true);
    }, 10_000);
    await act({ lines });
  } finally {
    monitor.kill();
    await once(monitor, 'close');
  }
}
