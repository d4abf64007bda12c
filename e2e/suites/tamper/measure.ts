import { setTimeout as sleep } from 'node:timers/promises';
import { askStatus, LabError, waitUntil } from '../../lab/index.js';
import type { Commands, Kind, Scene, Tamper } from './kind.js';
import { addStrangers, strangersOf } from './stage.js';

/** What came of a tampering. */
export interface Repair {
  /** From the end of the last command to the first look that found all right again, milliseconds. */
  readonly ms: number;
  /** How long the longest such look took: the time is known no better, milliseconds. */
  readonly lookMs: number;
}

/** Longest time to wait for a repair, milliseconds: two periods without an event, and more. */
const patience = 25_000;

/** How long nothing happens before a tampering, so that the node is at rest, milliseconds. */
const rest = 300;

/**
 * Tampers with an object and waits until it is as it was.
 *
 * @param kinds - all kinds that there are: nothing of them may be otherwise in the end.
 * @throws LabError when it is not repaired, something of ours is otherwise than before, or something of somebody else's was touched
 */
export async function tamperAndWait(
  scene: Scene,
  kinds: readonly Kind[],
  kind: Kind,
  { does, withdraw, takesAll }: Tamper,
): Promise<Repair> {
  await sleep(rest);
  const before = await show(scene, kind.shows);
  const all = await showAll(scene, kinds);
  const strangers = await strangersOf(scene);
  await runAll(scene, does);
  if (takesAll) await addStrangers(scene);
  if (withdraw) {
    await expectYielding(scene, kind, before);
    await runAll(scene, withdraw);
  }
  const repair = await waitForRepair(scene, kind, before);
  await waitFor('all else is as it was', all, () => showAll(scene, kinds));
  if ((await strangersOf(scene)) !== strangers) throw new LabError('things of others have changed');
  return repair;
}

async function waitForRepair(scene: Scene, { shows }: Kind, before: string): Promise<Repair> {
  const start = performance.now();
  let lookMs = 0;
  await waitFor('it is repaired', before, async () => {
    const from = performance.now();
    const now = await show(scene, shows).catch((error: Error) => error.message);
    lookMs = Math.max(lookMs, performance.now() - from);
    return now;
  });
  return { ms: performance.now() - start, lookMs };
}

/** Waits until a look shows this. @throws LabError with both when it does not. */
async function waitFor(what: string, wanted: string, look: () => Promise<string>): Promise<void> {
  let now = '';
  const isThere = async (): Promise<boolean> => {
    now = await look();
    return now === wanted;
  };
  try {
    await waitUntil(what, isThere, { timeoutMs: patience, everyMs: 1 });
  } catch (cause) {
    throw new LabError(`not so: ${what}. Wanted:\n${wanted}\nThere is:\n${now}`, { cause });
  }
}

/** The stranger's object stands in the place of ours, and the status tells of it. */
async function expectYielding(scene: Scene, { shows }: Kind, before: string): Promise<void> {
  const theirs = await show(scene, shows);
  if (theirs === before) throw new LabError("the stranger's object is not in the place of ours");
  await waitUntil("the status names the stranger's object", async () => {
    const status = await askStatus(scene.host.socket);
    return status?.problems.some((problem) => /not Poplin's|Poplin did not make/.test(problem));
  });
  if ((await show(scene, shows)) !== theirs)
    throw new LabError("the stranger's object was touched");
}

async function runAll(scene: Scene, commands: Commands): Promise<void> {
  for (const command of await commands(scene)) await scene.run(command);
}

async function showAll(scene: Scene, kinds: readonly Kind[]): Promise<string> {
  const commands = await Promise.all(kinds.map(({ shows }) => shows(scene)));
  return show(scene, () => [...new Set(commands.flat())]);
}

/** What commands print, without what is another when a link is made anew: its index, and whether there is a carrier. */
async function show(scene: Scene, commands: Commands): Promise<string> {
  const texts: string[] = [];
  for (const command of await commands(scene)) texts.push(await scene.run(command));
  return texts
    .join('')
    .replaceAll(/^\d+: (?=\S+: <)/gm, '')
    .replaceAll(/<([A-Z_,-]+)>/g, (_, flags: string) => (/\bUP\b/.test(flags) ? '<UP>' : '<>'))
    .replaceAll(/ state \S+/g, '');
}
