import { FailPointError } from './error.js';
import { type FailPointName, failPointNames } from './names.js';

/** Environment variable that arms one fail point: `NAME[:HIT][:ACTION]`. */
export const failPointVariable = 'POPLIN_FAIL_POINT';

/** What can happen at a fail point. */
export const failPointActions = ['kill', 'error', 'hang'] as const;

/**
 * `kill`: SIGKILL to the own process, as the out-of-memory killer or a power cut would. `error`: a failure like one of the
 * kernel or of the disk. `hang`: nothing goes on until the process gets SIGUSR2.
 */
export type FailPointAction = (typeof failPointActions)[number];

/** An armed fail point. */
export interface FailPointSetting {
  readonly name: FailPointName;
  /** Which time it is passed, from 1. */
  readonly hit: number;
  readonly action: FailPointAction;
}

/**
 * Reads the value of {@link failPointVariable}: `add-after-record`, `add-after-record:3`, `add-after-record:error`,
 * `add-after-record:3:hang`. The first hit and `kill` are the defaults.
 *
 * @returns undefined when there is no value or an empty one: nothing is armed.
 * @throws {FailPointError} INVALID_FAIL_POINT, with the part that is wrong and what it could be.
 */
export function parseFailPoint(value: string | undefined): FailPointSetting | undefined {
  if (!value) return undefined;
  const [nameText, ...rest] = value.split(':');
  const name = failPointNames.find((one) => one === nameText);
  if (!name) throw invalid(value, `there is no such point; there is ${failPointNames.join(', ')}`);
  const hit = rest[0] !== undefined && /^[1-9]\d{0,8}$/.test(rest[0]) ? Number(rest.shift()) : 1;
  const [actionText = 'kill', ...more] = rest;
  const action = failPointActions.find((one) => one === actionText);
  if (!action || more.length > 0) {
    throw invalid(value, 'after the name comes [:HIT][:kill|error|hang], HIT counting from 1');
  }
  return { name, hit, action };
}

function invalid(value: string, why: string): FailPointError {
  return new FailPointError('INVALID_FAIL_POINT', `${failPointVariable}="${value}": ${why}`);
}
