import { expect } from 'vitest';
import type { Stage, Subject } from '../stage/index.js';

/** An ADD that is refused and leaves its namespace and the accounts as they were. */
export async function refuseAdd(
  stage: Stage,
  config: unknown,
  change: Parameters<Stage['refuse']>[3] = {},
): ReturnType<Stage['refuse']> {
  const subject = await stage.subject();
  const refusal = await stage.refuse('ADD', subject, config, change);
  await expectUntouched(stage, subject);
  return refusal;
}

export async function expectUntouched(stage: Stage, { namespace }: Subject): Promise<void> {
  const links = (await namespace.observe('link', 'show')) as readonly { ifname: string }[];
  expect(links.map(({ ifname }) => ifname)).toEqual(['lo']);
  await stage.expectBalance();
}
