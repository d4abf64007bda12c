import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addEnv,
  build,
  errorOf,
  makeScene,
  netConf,
  runShim,
  type Scene,
  type ShimEnd,
  type Stdin,
  shimPath,
} from './run-shim.js';

let scene: Scene;

beforeAll(() => {
  build('all');
  scene = makeScene();
});
afterAll(() => scene.dispose());

/** An ADD on a socket that nobody serves: what passes the checks ends in code 11. */
function add(
  env: Readonly<Record<string, string>> = {},
  stdin: Stdin = netConf(join(scene.dir, 'nobody.sock')),
): Promise<ShimEnd> {
  return runShim({ ...addEnv(scene), ...env }, stdin);
}

describe('without a call', () => {
  it('tells what it is on standard error when no command is given', async () => {
    for (const env of [{}, { CNI_COMMAND: '' }] as Record<string, string>[]) {
      const end = await runShim(env);
      expect(end).toMatchObject({ exitCode: 0, stdout: '' });
      expect(end.stderr).toContain('the CNI plugin of the Poplin container network');
    }
  });

  it('answers VERSION while standard input stays open and silent', async () => {
    const end = await runShim({ CNI_COMMAND: 'VERSION' }, { silent: true });
    expect(end).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(end.stdout)).toEqual({
      cniVersion: '1.1.0',
      supportedVersions: ['0.3.1', '0.4.0', '1.0.0', '1.1.0'],
    });
  });

  it('needs no library and no file of the host', () => {
    const root = mkdtempSync(join(tmpdir(), 'poplin-shim-root-'));
    try {
      copyFileSync(shimPath, join(root, 'poplin'));
      const run = spawnSync('chroot', [root, '/poplin'], {
        env: { PATH: process.env.PATH, CNI_COMMAND: 'VERSION' },
      });
      expect(run.status).toBe(0);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it('fails with a word on standard error when its answer cannot be printed', () => {
    const run = spawnSync(shimPath, [], {
      env: { CNI_COMMAND: 'VERSION' },
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    expect(run.status).toBe(1);
    expect(run.stderr.toString()).toContain('cannot print the answer');
  });
});

describe('the command', () => {
  it('is refused by name when it is unknown', async () => {
    const error = errorOf(await add({ CNI_COMMAND: 'FROB' }));
    expect(error).toMatchObject({ code: 4, msg: expect.stringContaining('"FROB"') });
  });

  it('is matched in whole and by case', async () => {
    for (const CNI_COMMAND of ['add', 'AD', 'ADDS', ' ADD'])
      expect(errorOf(await add({ CNI_COMMAND })).code).toBe(4);
  });
});

describe('the environment', () => {
  it.each(['ADD', 'CHECK'])(
    'of %s is refused with all missing names in one message',
    async (CNI_COMMAND) => {
      const missing = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' };
      const error = errorOf(await add({ CNI_COMMAND, ...missing }));
      expect(error.code).toBe(4);
      expect(error.msg).toMatch(/missing: CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME$/);
    },
  );

  it('of a DEL needs no network namespace', async () => {
    const error = errorOf(
      await add({ CNI_COMMAND: 'DEL', CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' }),
    );
    expect(error.msg).toMatch(/missing: CNI_CONTAINERID, CNI_IFNAME$/);
  });

  it.each(['-x', '.x', '_x', 'a/b', 'a b', 'a\n', 'ä', '../etc', 'a:b'])(
    'is refused with the container id %j',
    async (id) => {
      const error = errorOf(await add({ CNI_CONTAINERID: id }));
      expect(error).toMatchObject({ code: 4, msg: expect.stringContaining('CNI_CONTAINERID') });
    },
  );

  it.each([
    ['sixteen-bytes-xx', 'more than 15 bytes'],
    ['ääääääää', 'more than 15 bytes'],
    ['.', 'directory'],
    ['..', 'directory'],
    ['a/b', 'slash'],
    ['a:b', 'colon'],
    ['a b', 'white space'],
    ['a\tb', 'white space'],
    ['a\u0001', 'control'],
    ['eth%d', 'percent'],
  ])('is refused with the interface name %j', async (ifname, why) => {
    const error = errorOf(await add({ CNI_IFNAME: ifname }));
    expect(error).toMatchObject({ code: 4, msg: expect.stringContaining(why) });
  });

  it.each(['a', 'fifteen-bytes-x', 'eth0.100', 'net@1'])(
    'is accepted with the interface name %j',
    async (ifname) => {
      expect((await add({ CNI_COMMAND: 'DEL', CNI_IFNAME: ifname })).exitCode).toBe(0);
    },
  );
});

describe('standard input', () => {
  const cases: readonly [string, string | Buffer, number, RegExp][] = [
    ['is empty', '', 6, /empty/],
    ['is cut off', '{"cniVersion":"1.0.0","name":"pop', 6, /not valid JSON/],
    ['is not JSON', 'cniVersion: 1.0.0', 6, /not valid JSON/],
    ['is not UTF-8', Buffer.from('{"name":"\xe9"}', 'latin1'), 6, /unable to decode byte/],
    ['is a list', '[]', 6, /not a JSON object/],
    ['has a key twice', '{"cniVersion":"1.0.0","name":"a","name":"b"}', 6, /duplicate/],
    ['has text after the document', '{"cniVersion":"1.0.0","name":"a"} {}', 6, /not valid JSON/],
    ['is larger than 1 MiB', `{"a":"${'x'.repeat(1 << 20)}"}`, 6, /larger than 1 MiB/],
    ['has no name', '{"cniVersion":"1.0.0"}', 7, /no "name"/],
    ['has an empty name', '{"cniVersion":"1.0.0","name":""}', 7, /no "name"/],
    ['has a name that is a number', '{"cniVersion":"1.0.0","name":7}', 7, /no "name"/],
    ['has a name with a slash', '{"cniVersion":"1.0.0","name":"a/b"}', 7, /"a\/b" is not valid/],
    ['has a name that hides a NUL', '{"cniVersion":"1.0.0","name":"a\\u0000b"}', 7, /not valid/],
    ['has a version that is a number', '{"cniVersion":1,"name":"a"}', 6, /"cniVersion"/],
    ['has a relative socket', '{"cniVersion":"1.0.0","name":"a","socket":"x.sock"}', 7, /absolute/],
    [
      'has a socket that is a number',
      '{"cniVersion":"1.0.0","name":"a","socket":1}',
      7,
      /absolute/,
    ],
    [
      'has a socket path that no socket can have',
      `{"cniVersion":"1.0.0","name":"a","socket":"/${'x'.repeat(107)}"}`,
      7,
      /at most 107 bytes/,
    ],
  ];

  it.each(cases)('that %s is refused', async (_what, stdin, code, why) => {
    const error = errorOf(await add({}, stdin));
    expect(error).toMatchObject({ code, msg: expect.stringMatching(why) });
  });

  it('that cannot be read is refused', async () => {
    const error = errorOf(await add({}, openSync(scene.dir, 'r')));
    expect(error).toMatchObject({ code: 5, msg: expect.stringContaining('cannot read') });
  });

  it.each(['9.9.9', '0.1.0', '0.3.0', '1.0', ''])(
    'of CNI version %j is refused with both sides named',
    async (version) => {
      const error = errorOf(await add({}, netConf('/x.sock', { cniVersion: version })));
      expect(error).toMatchObject({
        code: 1,
        details: `config is "${version}", plugin supports 0.3.1, 0.4.0, 1.0.0, 1.1.0`,
      });
    },
  );

  it('without a CNI version counts as version 0.1.0', async () => {
    const error = errorOf(await add({}, '{"name":"poplin"}'));
    expect(error).toMatchObject({ code: 1, details: expect.stringContaining('"0.1.0"') });
  });

  it('decides the version of the error object', async () => {
    const stdin = netConf('/x.sock', { cniVersion: '0.4.0', name: '/' });
    expect(errorOf(await add({}, stdin))).toMatchObject({ cniVersion: '0.4.0', code: 7 });
  });
});

describe('the network namespace', () => {
  it('is refused when its path leads nowhere', async () => {
    const error = errorOf(await add({ CNI_NETNS: '/run/netns/pt-no-such' }));
    expect(error).toMatchObject({ code: 4, msg: expect.stringContaining('/run/netns/pt-no-such') });
  });

  it.each([
    ['a plain file', () => join(scene.dir, 'file')],
    ['a directory', () => scene.dir],
    ['a namespace of another kind', () => '/proc/self/ns/uts'],
    ['a device', () => '/dev/zero'],
  ])('is refused when it is %s', async (_what, path) => {
    writeFileSync(join(scene.dir, 'file'), '');
    const error = errorOf(await add({ CNI_NETNS: path() }));
    expect(error).toMatchObject({
      code: 4,
      msg: expect.stringContaining('is not a network namespace'),
    });
  });

  it("is refused when it is the host's own", async () => {
    const error = errorOf(await add({ CNI_NETNS: `/proc/${process.pid}/ns/net` }));
    expect(error).toMatchObject({ code: 8, msg: expect.stringContaining("host's own") });
  });
});
