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
 * A place where a test can make the daemon fail. Does nothing, and costs one comparison, unless the environment of the
 * daemon names it ({@link parseFailPoint}). Before anything happens one line on standard error says which point it
 * is, so that a test knows that it was reached:
 *
 *     fail point add-after-record: kill
 *
 * @returns a promise at a point that hangs: the caller waits for it.
 * @throws {FailPointError} FAIL_POINT at a point that fails.
 */
export function failPoint(name: FailPointName): void | Promise<void> {
  if (armed?.setting.name !== name || ++armed.hits !== armed.setting.hit) return undefined;
  const { action } = armed.setting;
  // Synchronously: nothing that is still buffered comes out of a process that is killed.
  writeSync(2, `fail point ${name}: ${action}\n`);
  switch (action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return undefined;
    case 'error':
      throw new FailPointError('FAIL_POINT', `fail point ${name} was asked to fail`);
    case 'hang':
      return new Promise((resolve) => process.once('SIGUSR2', () => resolve()));
  }
}
