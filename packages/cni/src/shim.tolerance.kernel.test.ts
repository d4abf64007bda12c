import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorOf, netConf, runShim, runShimInRoot } from './run-shim.js';
import { delEnv, Stage } from './stage.js';

const stage = new Stage();

describe('a tombstone that cannot be written', () => {
  const obstacles: readonly [string, () => void][] = [
    ['a file is in the place of the directory', () => writeFileSync(join(stage.runDir, 'del'), '')],
    ['a link leads away from it', () => symlinkSync('/tmp', join(stage.runDir, 'del'))],
    [
      'there is nowhere to make it',
      () => {
        stage.socket = '/proc/self/nowhere/poplin.sock';
      },
    ],
    [
      'the socket is no path of a file',
      () => {
        stage.socket = '/dev/null/poplin.sock';
      },
    ],
  ];

  it.each(obstacles)('because %s is told on standard error', async (_what, prepare) => {
    stage.freshSocket();
    prepare();
    const end = await stage.run(delEnv);
    expect(end).toMatchObject({ exitCode: 0, stdout: '' });
    expect(end.stderr).toContain(stage.socket);
    expect(end.stderr).toContain(`it cannot be noted down in ${join(stage.runDir, 'del')}: `);
    expect(end.stderr.toLowerCase()).not.toMatch(/not found|no such file/);
  });

  it('because the disk is full leaves nothing behind', async () => {
    stage.freshSocket();
    const full = join(stage.runDir, 'del');
    mkdirSync(full);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'poplin-shim', full]);
    try {
      writeFileSync(join(full, 'filler'), Buffer.alloc(4096));
      const end = await stage.run(delEnv);
      expect(end).toMatchObject({ exitCode: 0, stdout: '' });
      expect(end.stderr).toContain('No space left on device');
      expect(stage.tombstoneNames()).toEqual(['filler']);
    } finally {
      execFileSync('umount', [full]);
    }
  });
});

describe('a DEL with a bad configuration', () => {
  const env = { CNI_COMMAND: 'DEL', CNI_CONTAINERID: 'c0ffee', CNI_IFNAME: 'eth0' };
  const complaint = /^poplin: DEL of container c0ffee, interface eth0: .*\n$/;
  const wrong: readonly [string, Readonly<Record<string, unknown>>][] = [
    ['a version that is not spoken', { cniVersion: '9.9.9' }],
    ['no version', { cniVersion: undefined }],
    ['no name', { name: undefined }],
    ['a name with a slash', { name: 'a/b' }],
  ];

  it.each(wrong)('of %s still goes to its socket', async (_what, changes) => {
    let config: Uint8Array | undefined;
    await stage.serve({
      del(call, reply) {
        config = call.request.config;
        reply(null, {});
      },
    });
    const end = await stage.run(delEnv, changes);
    expect(end).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringMatching(complaint),
    });
    expect(config?.toString()).toBe(netConf(stage.socket, changes));
  });

  it.each(wrong)('of %s leaves a tombstone beside its socket', async (_what, changes) => {
    stage.freshSocket();
    const end = await stage.run(delEnv, changes);
    expect(end).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringMatching(complaint),
    });
    expect(stage.tombstones()).toMatchObject([
      { containerId: 'c0ffee', config: Buffer.from(netConf(stage.socket, changes)) },
    ]);
  });

  it.each([
    ['empty', () => '', ''],
    ['cut off', () => '{"name":"pop', '{"name":"pop'],
    ['a list', () => '[]', '[]'],
    ['too large', () => `{"a":"${'x'.repeat(1 << 20)}"}`, ''],
    ['unreadable', () => openSync(stage.scene.dir, 'r'), ''],
    ['of a socket that is a number', () => '{"socket":1}', '{"socket":1}'],
  ])('that is %s leaves a tombstone beside the default socket', async (_what, stdin, config) => {
    stage.freshSocket();
    const root = stage.runDir;
    mkdirSync(join(root, 'run'));
    const end = await runShimInRoot(root, env, stdin());
    expect(end).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringMatching(complaint),
    });
    stage.socket = join(root, 'run', 'poplin', 'poplin.sock');
    expect(stage.tombstones()).toMatchObject([
      { containerId: 'c0ffee', ifname: 'eth0', config: Buffer.from(config) },
    ]);
  });

  it.each([
    ['container id', { CNI_CONTAINERID: 'a/b' }, 'CNI_CONTAINERID "a/b"'],
    ['container id that is missing', { CNI_CONTAINERID: '' }, 'CNI_CONTAINERID'],
    ['interface name', { CNI_IFNAME: 'a b' }, 'CNI_IFNAME "a b"'],
  ])('and a bad %s stays an error', async (_what, bad, why) => {
    const error = errorOf(await runShim({ ...env, ...bad }, '{'));
    expect(error).toMatchObject({ code: 4, msg: expect.stringContaining(why) });
  });
});
