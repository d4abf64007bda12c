import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { waitUntil } from '../../../../lab/index.js';
import type { NetworkConfig, Stage, Subject } from '../../stage/index.js';
import { expectReached } from './armed.js';

/** Starts a plugin and kills it when the daemon hangs at the point. */
export async function killPlugin(
  stage: Stage,
  command: 'ADD' | 'DEL',
  subject: Subject,
  config: NetworkConfig,
  point: string,
): Promise<void> {
  const { calling, pid } = startPlugin(stage, command, subject, config);
  await expectReached(stage, point);
  process.kill(pid(), 'SIGKILL');
  expect((await calling).status).not.toBe(0);
}

/** An ADD whose daemon dies, and whose runtime then stops the plugin instead of letting it ask again. */
export async function giveUp(stage: Stage, subject: Subject, config: NetworkConfig): Promise<void> {
  const { calling, pid } = startPlugin(stage, 'ADD', subject, config);
  await waitUntil('the fail point is reached', () => stage.host.exit);
  process.kill(pid(), 'SIGTERM');
  expect(JSON.parse((await calling).stdout)).toMatchObject({ code: 11 });
}

/** Starts a plugin whose process id can be asked for. */
function startPlugin(
  stage: Stage,
  command: 'ADD' | 'DEL',
  subject: Subject,
  config: NetworkConfig,
) {
  const pidFile = `${stage.lab.folder}/plugin.pid`;
  const through = ['sh', '-c', `echo $$ >${pidFile}; exec "$0"`];
  const calling = stage.call(command, subject, config, { through });
  return { calling, pid: () => Number(readFileSync(pidFile, 'utf8')) };
}
