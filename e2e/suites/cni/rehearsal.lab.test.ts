import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  type Accounts,
  imbalanceSince,
  LabError,
  readAccounts,
  waitUntil,
} from '../../lab/index.js';
import { ipOf, reaches, Stage } from './stage/index.js';

let stage: Stage;
let before: Accounts;
beforeAll(async () => {
  stage = await Stage.create();
  before = await readAccounts(stage.host);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

beforeEach(async () => {
  await stage.host.stop();
  await stage.host.start({ POPLIN_REHEARSAL: 'on' });
  await stage.host.waitReady();
});
afterEach(() => stage.cleanUp());

const folder = () => `${stage.host.folder}/rehearsal`;

/** What the running daemon has told its log. */
function told(): readonly {
  readonly level: string;
  readonly msg: string;
  readonly pods?: number;
}[] {
  const { log, pid } = stage.host;
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  const all = lines.map((line) => JSON.parse(line) as { pid?: number; level: string; msg: string });
  return all.slice(all.findLastIndex((line) => line.pid === pid));
}

/** Network namespaces that the daemon holds open besides its own, into which it always finds back by a descriptor. */
function namespacesHeld(): readonly string[] {
  const files = `/proc/${stage.host.pid}/fd`;
  const own = readlinkSync(`/proc/${stage.host.pid}/ns/net`);
  return readdirSync(files).flatMap((fd) => {
    try {
      const target = readlinkSync(`${files}/${fd}`);
      return target.startsWith('net:') && target !== own ? [target] : [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

const begun = () =>
  waitUntil('the rehearsal has begun', async () => existsSync(`${folder()}/2/sock`));

const ended = () =>
  waitUntil(
    'the rehearsal has ended',
    async () => {
      const failure = told().find(({ msg }) => msg.startsWith('cannot rehearse'));
      if (failure) throw new LabError(failure.msg);
      return told().some(({ msg }) => msg === 'rehearsed') && !existsSync(folder());
    },
    { timeoutMs: 120_000 },
  );

it('a daemon that nobody calls rehearses, and leaves nothing of that behind', async () => {
  await begun();
  await ended();
  expect(told().find(({ msg }) => msg === 'rehearsed')).toMatchObject({ pods: 216 });
  expect(told().filter(({ level }) => level !== 'info')).toEqual([]);
  await waitUntil('the namespaces are closed', async () => namespacesHeld().length === 0);
  expect(await imbalanceSince(before, stage.host)).toEqual([]);
});

it('a pod that comes in the middle is attached, and is all that the host has to do with', async () => {
  await begun();
  const subject = await stage.subject();
  const ip = ipOf(await stage.add(subject, stage.config('1.1.0')));
  expect(existsSync(folder())).toBe(true);
  expect(await reaches(stage.host.namespace, ip)).toBe(true);
  expect((await readAccounts(stage.host))['address in use']).toEqual([ip]);
  await stage.del(subject, stage.config('1.1.0'));
  await ended();
});

it('a daemon that ends in the middle takes it along', async () => {
  await begun();
  expect(await stage.host.stop()).toMatchObject({ status: 0 });
  expect(existsSync(folder())).toBe(false);
  await stage.host.start();
  await stage.host.waitReady();
});

it('what a daemon leaves that is killed in the middle is removed by the next', async () => {
  await begun();
  await stage.host.kill();
  expect(existsSync(folder())).toBe(true);
  await stage.host.start({ POPLIN_REHEARSAL: 'on' });
  await stage.host.waitReady();
  await ended();
  expect(await imbalanceSince(before, stage.host)).toEqual([]);
});
