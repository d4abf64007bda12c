import { silentLog } from '@poplin/net';
import { afterAll, expect, it } from 'vitest';
import { backendFolder } from '../../../test-support/backend-folder.js';
import { ownContract } from './contract.js';
import { backendLimits } from './limits.js';
import { loadExternalBackend } from './load.js';

const folder = backendFolder();
afterAll(() => folder[Symbol.dispose]());

/** A thread may take long to start on a busy machine. */
const patience = 30_000;
const load = (type: string, startMs = patience) =>
  loadExternalBackend(type, {
    directories: [folder.path],
    log: silentLog,
    limits: { ...backendLimits, startMs, answerMs: patience },
  });
const good = (type: string) =>
  `import { z } from 'zod';
   export default { type: '${type}', options: z.strictObject({ port: z.int().max(9) }).prefault({ port: 1 }),
     peerData: z.object({}), start: async () => ({}) };`;

it.each(['mischief', 'poplin-backend-mischief'])('finds a package by the name %s', async (name) => {
  folder.install('poplin-backend-mischief', 'mischief.js');
  expect((await load(name)).type).toBe('mischief');
});

it('finds a package of a scope by its short name and by its own', async () => {
  folder.write('@acme/poplin-backend-far', good('@acme/far'));
  expect((await load('@acme/far')).type).toBe('@acme/far');
  expect((await load('@acme/poplin-backend-far')).type).toBe('@acme/far');
});

it('looks in the folders in their order', async () => {
  using first = backendFolder();
  folder.write('poplin-backend-twice', good('wrong'));
  first.write('poplin-backend-twice', good('twice'));
  const directories = [first.path, folder.path];
  expect((await loadExternalBackend('twice', { directories, log: silentLog })).type).toBe('twice');
});

it('says which command installs a package that is not there', async () => {
  await expect(load('absent')).rejects.toMatchObject({
    code: 'BACKEND_NOT_INSTALLED',
    message: expect.stringMatching(/"absent" is not installed.*poplin-backend-absent/),
    remedy: `On every node: npm install --prefix ${folder.path} poplin-backend-absent`,
  });
});

it.each<[string, string, RegExp]>([
  ['has no default export', 'export const backend = {};', /no default export/],
  ['exports something else', 'export default 5;', /default export is no object/],
  [
    'lacks members',
    'export default { type: "bad" };',
    /lacks options \(a zod schema\), peerData .*start/,
  ],
  [
    'throws when it is loaded',
    'throw new Error("no luck today");',
    /cannot be loaded: no luck today/,
  ],
  ['cannot be parsed', 'export default {', /cannot be loaded: /],
  ['imports what is not there', 'import "nowhere";', /cannot be loaded: .*nowhere/],
  ['has another type than its name', good('else'), /type "else"; by its name it must be "bad"/],
  ['ends the process', 'process.exit(7);', /process\.exit\(7\)/],
])('refuses a package that %s', async (_, text, reason) => {
  folder.write('poplin-backend-bad', text);
  await expect(load('bad')).rejects.toMatchObject({
    code: 'BACKEND_UNUSABLE',
    message: expect.stringMatching(reason),
  });
});

it.each([
  ['never ends to load', 'await new Promise(() => setInterval(() => {}, 1e3));'],
  ['loops while it is loaded', 'for (;;);'],
])('refuses a package that %s', async (_, text) => {
  folder.write('poplin-backend-bad', text);
  await expect(load('bad', 2_000)).rejects.toMatchObject({
    code: 'BACKEND_UNUSABLE',
    message: expect.stringMatching(/did not answer for 2 s/),
  });
});

it('refuses a package whose manifest is damaged or names no module', async () => {
  folder.write('poplin-backend-bad', good('bad'), { exports: { browser: './b.js' } });
  await expect(load('bad')).rejects.toMatchObject({ code: 'BACKEND_UNUSABLE' });
});

it('refuses a package that was made for another contract, by what it asks for', async () => {
  const peerDependencies = { '@poplin/backend': '^9.1.0' };
  folder.write('poplin-backend-next', good('next'), { peerDependencies });
  await expect(load('next')).rejects.toMatchObject({
    code: 'BACKEND_UNUSABLE',
    message: expect.stringContaining(
      `asks for @poplin/backend ^9.1.0, this poplind has ${ownContract()}`,
    ),
  });
});

it('takes a package whose contract is the one that it finds installed, whatever it asks for', async () => {
  using other = backendFolder();
  other.write('@poplin/backend', 'export {};', { version: ownContract() });
  other.write('poplin-backend-next', good('next'), {
    peerDependencies: { '@poplin/backend': '>=0.0.1 <9' },
  });
  const directories = [other.path];
  expect((await loadExternalBackend('next', { directories, log: silentLog })).type).toBe('next');
});

it('tells what is wrong with options, with the path', async () => {
  folder.write('poplin-backend-picky', good('picky'));
  const { options } = await load('picky');
  expect((await options.safeParseAsync({ port: 5 })).success).toBe(true);
  const bad = await options.safeParseAsync({ port: 12 });
  expect(bad.error?.issues).toMatchObject([{ path: ['port'], message: expect.any(String) }]);
  const unknown = await options.safeParseAsync({ port: 1, prot: 2 });
  expect(unknown.error?.issues[0]?.message).toMatch(/prot/);
});

it('knows what of its options both ends must share, defaults filled in', async () => {
  folder.write('poplin-backend-picky', good('picky'));
  const { options, shared } = await load('picky');
  expect(shared?.(await options.parseAsync({ port: 3 }))).toEqual({ port: 3 });
  const text = good('sharing').replace('start:', 'shared: () => 7, start:');
  folder.write('poplin-backend-sharing', text);
  const sharing = await load('sharing');
  expect(sharing.shared?.(await sharing.options.parseAsync({ port: 3 }))).toBe(7);
});

it('takes as peer data any JSON of bounded size, however deep', async () => {
  folder.write('poplin-backend-picky', good('picky'));
  const { peerData } = await load('picky');
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(peerData.safeParse(deep).success).toBe(false);
  expect(peerData.safeParse('x'.repeat(70_000)).success).toBe(false);
  expect(peerData.safeParse({ any: ['thing'] }).success).toBe(true);
});
