import { writeSync } from 'node:fs';
import { FailPointError } from './error.js';
import type { FailPointName } from './names.js';
import { type FailPointSetting, failPointVariable, parseFailPoint } from './setting.js';

/** The armed point with how often it was passed; undefined in production. */
let armed: { readonly setting: FailPointSetting; hits: number } | undefined;

/**
 * Arms the point that the environment names, if it names one. Called once, when the daemon starts.
 *
 * @returns what was armed.
 * @throws {FailPointError} INVALID_FAIL_POINT.
 */
export function armFailPoint(
  environment: Readonly<Record<string, string | undefined>>,
): FailPointSetting | undefined {
  const setting = parseFailPoint(environment[failPointVariable]);
  armed = setting && { setting, hits: 0 };
  return setting;
}

/**
 * A place where a test can make the daemon fail: whether it is to fail here and now, which the environment of the daemon says
 * ({@link parseFailPoint}). One comparison in production; to await it there would give a turn away at each point.
 *
 *     if (failsAt('add-after-record')) await failHere();
 */
export function failsAt(name: FailPointName): boolean {
  return armed?.setting.name === name && ++armed.hits === armed.setting.hit;
}

/**
 * What is to happen at the point that {@link failsAt} said it of. Before it does, one line on standard error says which point it is, so that a
 * test knows that it was reached:
 *
 *     fail point add-after-record: kill
 *
 * @returns when a point that hangs is let go.
 * @throws {FailPointError} FAIL_POINT at a point that fails.
 */
export async function failHere(): Promise<void> {
  if (!armed) return;
  const { name, action } = armed.setting;
  // Synchronously: nothing that is still buffered comes out of a process that is killed.
  writeSync(2, `fail point ${name}: ${action}\n`);
  switch (action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'error':
      throw new FailPointError('FAIL_POINT', `fail point ${name} was asked to fail`);
    case 'hang':
      await new Promise<void>((resolve) => process.once('SIGUSR2', () => resolve()));
  }
}
