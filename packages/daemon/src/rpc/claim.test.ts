import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimPath } from './claim.js';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';

let dir: string;
let path: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'poplin-claim-'));
  path = join(dir, 'poplin.sock');
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(dir, { recursive: true, force: true });
});

/** A live process and its identity, read from /proc by other means than ours. */
async function liveProcess(): Promise<{ identity: ProcessIdentity; kill: () => Promise<void> }> {
  const sleeper = spawn('sleep', ['1000'], { stdio: 'ignore' });
  child = sleeper;
  await once(sleeper, 'spawn');
  const pid = sleeper.pid ?? 0;
  const startTime = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')[19];
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  const kill = async (): Promise<void> => {
    const exited = once(sleeper, 'exit');
    sleeper.kill('SIGKILL');
    await exited;
  };
  return { identity: { pid, startTime: startTime ?? '', boot }, kill };
}

it('leaves one file that names its owner, and none after release', async () => {
  const self = await ownIdentity();
  const claim = await claimPath(path, self);
  expect(readdirSync(dir)).toEqual([`poplin.sock.lock.${self.pid}.${self.startTime}.${self.boot}`]);
  await claim.release();
  expect(readdirSync(dir)).toEqual([]);
});

it('is refused while the owner lives, and says which process that is', async () => {
  const { identity } = await liveProcess();
  await claimPath(path, identity);
  await expect(claimPath(path, await ownIdentity())).rejects.toMatchObject({
    code: 'SOCKET_IN_USE',
    message: `socket ${path} is in use by a live daemon, process ${identity.pid}`,
  });
  expect(readdirSync(dir)).toHaveLength(1);
});

it('is taken over from an owner that was killed', async () => {
  const { identity, kill } = await liveProcess();
  await claimPath(path, identity);
  await kill();
  await claimPath(path, await ownIdentity());
  expect(readdirSync(dir)).toEqual([expect.stringContaining(`.lock.${process.pid}.`)]);
});

it('is taken over from an owner whose pid another process has now', async () => {
  const { identity } = await liveProcess();
  await claimPath(path, { ...identity, startTime: '1' });
  await claimPath(path, await ownIdentity());
  expect(readdirSync(dir)).toHaveLength(1);
});

it('is taken over from an owner of an earlier boot', async () => {
  const { identity } = await liveProcess();
  await claimPath(path, { ...identity, boot: '00000000' });
  await claimPath(path, await ownIdentity());
  expect(readdirSync(dir)).toHaveLength(1);
});

it('is refused a second time to the same process', async () => {
  const self = await ownIdentity();
  await claimPath(path, self);
  await expect(claimPath(path, self)).rejects.toMatchObject({ code: 'SOCKET_IN_USE' });
  expect(readdirSync(dir)).toHaveLength(1);
});

it('leaves files alone that are no claims', async () => {
  for (const name of ['poplin.sock.lock.x', 'poplin.sock.lock', 'other.lock.1.1.a']) {
    writeFileSync(join(dir, name), '');
  }
  await (await claimPath(path, await ownIdentity())).release();
  expect(readdirSync(dir)).toHaveLength(3);
});

it('knows this process as alive', async () => {
  expect(await isAlive(await ownIdentity())).toBe(true);
});

it('never goes to two of those that start at once, whatever the dead left', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 0, max: 3 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 }),
      async (starters, dead, delays) => {
        const round = join(mkdtempSync(join(dir, 'round-')), 'poplin.sock');
        const living = (pid: number): ProcessIdentity => ({ pid, startTime: '7', boot: 'b' });
        for (let pid = 100; pid < 100 + dead; pid++)
          await claimPath(round, living(pid), async () => false);
        const alive = async ({ pid }: ProcessIdentity): Promise<boolean> => {
          await new Promise((resolve) => setTimeout(resolve, delays[pid % 6] ?? 0));
          return pid < 100;
        };
        const results = await Promise.allSettled(
          Array.from({ length: starters }, (_, pid) => claimPath(round, living(pid), alive)),
        );
        expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(
          1,
        );
      },
    ),
    { numRuns: 60 },
  );
});
