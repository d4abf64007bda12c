import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainFileFault } from './file-fault.js';
import { type InstallOptions, install } from './install.js';
import { uninstall } from './uninstall.js';

/** Content that the installer takes for a shim. */
const shimContent = '\x7fELF poplin 0.1.0, the CNI plugin of the Poplin container network';

let root: string;
let options: InstallOptions;
let shim: string;
let conflist: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'poplin-install-'));
  options = {
    binDir: join(root, 'opt/cni/bin'),
    confDir: join(root, 'etc/cni/net.d'),
    socket: '/run/poplin/poplin.sock',
    shim: join(root, 'built'),
  };
  shim = join(options.binDir, 'poplin');
  conflist = join(options.confDir, '10-poplin.conflist');
  writeFileSync(join(root, 'built'), shimContent);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const actions = async (reports: Promise<readonly { action: string }[]>) =>
  (await reports).map((report) => report.action);

describe('install', () => {
  it('makes the directories and both files, with the right modes whatever the umask', async () => {
    const umask = process.umask(0o077);
    try {
      expect(await actions(install(options))).toEqual(['created', 'created']);
    } finally {
      process.umask(umask);
    }
    expect(readFileSync(shim, 'latin1')).toBe(shimContent);
    expect(statSync(shim).mode & 0o7777).toBe(0o755);
    expect(statSync(conflist).mode & 0o7777).toBe(0o644);
    expect(JSON.parse(readFileSync(conflist, 'utf8'))).toMatchObject({ name: 'poplin' });
  });

  it('leaves nothing else behind', async () => {
    await install(options);
    expect(readdirSync(options.binDir)).toEqual(['poplin']);
    expect(readdirSync(options.confDir)).toEqual(['10-poplin.conflist']);
  });

  it('does not touch what is as it should be, nor the directory', async () => {
    await install(options);
    const before = [shim, conflist, options.confDir].map((path) =>
      statSync(path, { bigint: true }),
    );
    expect(await actions(install(options))).toEqual(['unchanged', 'unchanged']);
    const after = [shim, conflist, options.confDir].map((path) => statSync(path, { bigint: true }));
    expect(after.map(({ ino, ctimeNs }) => [ino, ctimeNs])).toEqual(
      before.map(({ ino, ctimeNs }) => [ino, ctimeNs]),
    );
  });

  it('replaces a shim of another version, and one that lost its mode', async () => {
    await install(options);
    writeFileSync(join(root, 'built'), `${shimContent}, newer`);
    expect(await actions(install(options))).toEqual(['replaced', 'unchanged']);
    chmodSync(shim, 0o644);
    expect(await actions(install(options))).toEqual(['replaced', 'unchanged']);
    expect(statSync(shim).mode & 0o7777).toBe(0o755);
  });

  it('replaces a symbolic link, not the file that it leads to', async () => {
    mkdirSync(options.binDir, { recursive: true });
    writeFileSync(join(root, 'other'), 'precious');
    symlinkSync(join(root, 'other'), shim);
    expect(await actions(install(options))).toEqual(['replaced', 'created']);
    expect(readFileSync(join(root, 'other'), 'utf8')).toBe('precious');
  });

  it('refuses a shim that is none, and does nothing', async () => {
    writeFileSync(join(root, 'built'), '#!/bin/sh');
    await expect(install(options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(readdirSync(root)).toEqual(['built']);
  });

  it('says how to get a shim when there is none', async () => {
    const missing = install({ ...options, shim: join(root, 'nothing') });
    await expect(missing).rejects.toMatchObject({
      code: 'FILE',
      remedy: expect.stringContaining('make -C packages/cni'),
    });
  });

  it.each(['run/poplin.sock', `/${'x'.repeat(107)}`])(
    'refuses the socket %s that the shim could not use',
    async (socket) => {
      await expect(install({ ...options, socket })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
      expect(readdirSync(root)).toEqual(['built']);
    },
  );

  it('leaves no temporary file when the target cannot be replaced', async () => {
    mkdirSync(join(shim, 'a directory with content'), { recursive: true });
    await expect(install(options)).rejects.toMatchObject({ code: 'FILE' });
    expect(readdirSync(options.binDir)).toEqual(['poplin']);
  });

  it('says to run as root what the user may not do', async () => {
    const denied = Object.assign(new Error('permission denied'), { code: 'EACCES' });
    const attempt = explainFileFault('/opt/cni/bin/poplin', () => Promise.reject(denied));
    await expect(attempt).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: expect.stringContaining('/opt/cni/bin/poplin'),
      remedy: expect.stringContaining('root'),
      cause: denied,
    });
  });
});

describe('uninstall', () => {
  it('removes exactly what install made', async () => {
    await install(options);
    writeFileSync(join(options.binDir, 'bridge'), '');
    writeFileSync(join(options.confDir, '99-loopback.conf'), '');
    expect(await uninstall(options)).toEqual([
      { path: conflist, action: 'removed' },
      { path: shim, action: 'removed' },
    ]);
    expect(readdirSync(options.binDir)).toEqual(['bridge']);
    expect(readdirSync(options.confDir)).toEqual(['99-loopback.conf']);
  });

  it('succeeds when there is nothing, any number of times', async () => {
    expect(await actions(uninstall(options))).toEqual(['absent', 'absent']);
    await install(options);
    await uninstall(options);
    expect(await actions(uninstall(options))).toEqual(['absent', 'absent']);
  });

  it("keeps files of these names that are somebody else's, and says why", async () => {
    mkdirSync(options.binDir, { recursive: true });
    mkdirSync(options.confDir, { recursive: true });
    writeFileSync(shim, '#!/bin/sh');
    writeFileSync(conflist, '{"plugins":[{"type":"bridge"}]}');
    expect(await uninstall(options)).toEqual([
      { path: conflist, action: 'kept', why: expect.stringContaining('poplin') },
      { path: shim, action: 'kept', why: expect.stringContaining('shim') },
    ]);
    expect(readFileSync(shim, 'utf8')).toBe('#!/bin/sh');
  });
});
