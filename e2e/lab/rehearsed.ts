import { readFileSync } from 'node:fs';
import { LabError } from './error.js';
import type { Host } from './host.js';
import { waitUntil } from './wait.js';

/**
 * Starts the host's daemon anew, as it is started on a node: with the rehearsal that labs leave out, and waits until that has ended.
 *
 * @throws LabError when the daemon says that it cannot rehearse
 */
export async function startRehearsed(host: Host): Promise<void> {
  await host.stop();
  await host.start({ POPLIN_REHEARSAL: 'on' });
  await host.waitReady();
  await waitUntil(
    'the daemon has rehearsed',
    async () => {
      const log = readFileSync(host.log, 'utf8');
      if (log.includes('"msg":"cannot rehearse')) throw new LabError(log);
      return log.includes('"msg":"rehearsed"');
    },
    { timeoutMs: 60_000 },
  );
}
