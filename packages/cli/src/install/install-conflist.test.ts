import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InstallOptions, install } from './install.js';
import { uninstall } from './uninstall.js';

let root: string;
let options: InstallOptions;
let conflist: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'poplin-conflist-'));
  options = {
    binDir: join(root, 'bin'),
    confDir: join(root, 'net.d'),
    socket: '/run/poplin/poplin.sock',
    shim: join(root, 'built'),
  };
  conflist = join(options.confDir, '10-poplin.conflist');
  writeFileSync(join(root, 'built'), 'the CNI plugin of the Poplin container network');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Puts a configuration there before the first installation. */
function placeBefore(text: string): void {
  mkdirSync(options.confDir, { recursive: true });
  writeFileSync(conflist, text);
}

describe('a configuration that is there', () => {
  it('keeps what an operator added; what changed is reported', async () => {
    const own = { type: 'poplin', routes: [{ dst: '192.0.2.0/24' }], capabilities: { ips: true } };
    placeBefore(
      JSON.stringify({ cniVersion: '1.0.0', name: 'mine', plugins: [own, { type: 'x' }] }),
    );
    const [, report] = await install(options);
    expect(report).toEqual({
      path: conflist,
      action: 'updated',
      why: 'capabilities portMappings, bandwidth, dns, mac, io.kubernetes.cri.pod-annotations added',
    });
    expect(JSON.parse(readFileSync(conflist, 'utf8'))).toMatchObject({
      name: 'mine',
      plugins: [{ type: 'poplin', routes: [{ dst: '192.0.2.0/24' }] }, { type: 'x' }],
    });
    expect(await install(options)).toMatchObject([{}, { action: 'unchanged' }]);
  });

  it('is not touched for its layout or for a stricter mode', async () => {
    await install(options);
    const layout = JSON.stringify(JSON.parse(readFileSync(conflist, 'utf8')), null, '\t');
    writeFileSync(conflist, layout);
    chmodSync(conflist, 0o600);
    expect(await install(options)).toMatchObject([{}, { action: 'unchanged' }]);
    expect(readFileSync(conflist, 'utf8')).toBe(layout);
    await install({ ...options, socket: '/run/x.sock' });
    expect(statSync(conflist).mode & 0o777).toBe(0o600);
  });

  it('gives way to the default with --replace', async () => {
    await install(options);
    const text = readFileSync(conflist, 'utf8');
    for (const other of ['{', '{"plugins":[{"type":"poplin"},{"type":"x"}]}']) {
      placeBefore(other);
      const [, report] = await install({ ...options, replace: true });
      expect(report).toEqual({ path: conflist, action: 'replaced' });
      expect(readFileSync(conflist, 'utf8')).toBe(text);
    }
  });

  it.each([
    ['is empty', ''],
    ['is cut short', '{"cniVersion":"1.0.0","plu'],
    ['is a list', '[]'],
    ['has no plugins', '{"name":"x"}'],
    ["is somebody else's", '{"plugins":[{"type":"bridge"}]}'],
    ['has the plugin twice', '{"plugins":[{"type":"poplin"},{"type":"poplin"}]}'],
  ])('is refused when it %s, and nothing is done', async (_what, text) => {
    placeBefore(text);
    await expect(install(options)).rejects.toMatchObject({
      code: 'FILE',
      message: expect.stringContaining(conflist),
      remedy: expect.stringContaining('--replace'),
    });
    expect(readFileSync(conflist, 'utf8')).toBe(text);
    expect(existsSync(options.binDir)).toBe(false);
  });
});

describe('an interrupted installation', () => {
  it('is announced by the next one, though nothing is left to change', async () => {
    await install(options);
    writeFileSync(join(options.confDir, '.poplin-0123456789ab.tmp'), '');
    const events: string[] = [];
    const watcher = watch(options.confDir, (type, name) => events.push(`${type} ${name}`));
    try {
      expect(await install(options)).toMatchObject([{}, { action: 'unchanged' }]);
      await pause(200);
    } finally {
      watcher.close();
    }
    expect(events.some((event) => /^change \.poplin-[0-9a-f]{12}\.tmp$/.test(event))).toBe(true);
  });

  it('leaves nothing for long', async () => {
    const long = new Date(Date.now() - 61_000);
    for (const act of [install, uninstall]) {
      await install(options);
      for (const dir of [options.binDir, options.confDir]) {
        const path = join(dir, '.poplin-0123456789ab.tmp');
        writeFileSync(path, 'half of somethi');
        utimesSync(path, long, long);
        writeFileSync(join(dir, '.poplin.tmp'), 'of somebody else');
      }
      await act(options);
      expect(readdirSync(options.binDir)).not.toContain('.poplin-0123456789ab.tmp');
      expect(readdirSync(options.confDir)).not.toContain('.poplin-0123456789ab.tmp');
      expect(readdirSync(options.confDir)).toContain('.poplin.tmp');
    }
  });
});
