import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetStatusResponse, NodeServiceService } from '@poplin/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCaptured, type StandIn, startStandIn } from '../testing/stand-in.js';

let root: string;
let standIn: StandIn | undefined;
let shim: string;
let conflist: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'poplin-ready-'));
  shim = join(root, 'bin', 'poplin');
  conflist = join(root, 'net.d', '10-poplin.conflist');
  writeFileSync(join(root, 'built'), 'the CNI plugin of the Poplin container network');
});
afterEach(() => {
  standIn?.stop();
  standIn = undefined;
  rmSync(root, { recursive: true, force: true });
});

/** Runs `poplinctl install` into the test's directories. */
const install = (socket: string, ...flags: string[]) => {
  const dirs = ['--cni-bin-dir', join(root, 'bin'), '--cni-conf-dir', join(root, 'net.d')];
  const args = ['install', ...dirs, '--shim', join(root, 'built'), ...flags];
  return runCaptured(['--json', '--socket', socket, ...args]);
};

/** Serves a daemon that is ready from that question on. */
async function serve(readyFrom: number): Promise<string> {
  let asked = 0;
  standIn = await startStandIn([
    [
      NodeServiceService,
      {
        getStatus: (_call: unknown, done: (error: null, value: GetStatusResponse) => void) => {
          const ready = ++asked >= readyFrom;
          const problems = ready ? [] : ['no block yet'];
          done(null, GetStatusResponse.fromPartial({ ready, problems }));
        },
        listNodes() {},
      },
    ],
  ]);
  return standIn.socket;
}

describe('the network configuration', () => {
  it('is written at once when the daemon is ready, with nothing on standard error', async () => {
    const end = await install(await serve(1));
    expect(end).toMatchObject({ exitStatus: 0, stderr: '' });
    const actions = JSON.parse(end.stdout).files.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(['created', 'created']);
  });

  it('waits until the daemon is ready, the shim does not; each obstacle is told once', async () => {
    const socket = await serve(4);
    const running = install(socket);
    while (!existsSync(shim)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(existsSync(conflist)).toBe(false);
    const end = await running;
    expect(end.exitStatus).toBe(0);
    expect(end.stderr.split('\n')).toEqual([
      expect.stringMatching(/^poplinctl: waiting for poplind, up to \d+ s more: .*no block yet$/),
      'poplinctl: poplind is ready',
      '',
    ]);
    expect(existsSync(conflist)).toBe(true);
  });

  it('is not written when there is no daemon, and one that is there stays', async () => {
    const socket = join(root, 'none.sock');
    const end = await install(socket, '--wait', '1s');
    expect(end).toMatchObject({ exitStatus: 1, stdout: '' });
    expect(end.stderr).toContain('the network configuration is not written');
    expect(end.stderr).toContain('systemctl status poplind');
    expect(end.stderr).toContain('--no-wait');
    expect([existsSync(shim), existsSync(conflist)]).toEqual([true, false]);

    await install('/run/poplin/poplin.sock', '--no-wait');
    const before = readFileSync(conflist, 'utf8');
    expect((await install(socket, '--wait', '1s')).exitStatus).toBe(1);
    expect(readFileSync(conflist, 'utf8')).toBe(before);
  });

  it('is not written for a daemon that is not ready in time; what it says is told', async () => {
    const end = await install(await serve(1_000_000), '--wait', '1s');
    expect(end).toMatchObject({ exitStatus: 1, stdout: '' });
    expect(end.stderr).toContain('not ready within 1 s: ');
    expect(end.stderr).toContain('no block yet');
    expect(existsSync(conflist)).toBe(false);
  });

  it('is written without a daemon when nobody wants to wait', async () => {
    const end = await install(join(root, 'none.sock'), '--no-wait');
    expect(end).toMatchObject({ exitStatus: 0, stderr: '' });
    expect(existsSync(conflist)).toBe(true);
  });

  it.each(['0s', '61m', '1h', 'soon', '', '-1s', '5'])('is waited for no %j', async (time) => {
    const end = await install('/run/x.sock', `--wait=${time}`);
    expect(end).toMatchObject({ exitStatus: 1, stdout: '' });
    expect(end.stderr).toContain('up to an hour');
    expect(existsSync(shim)).toBe(false);
  });
});
