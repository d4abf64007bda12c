import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { NodeServiceService } from '@poplin/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCaptured, startStandIn } from './testing/stand-in.js';

afterEach(() => vi.restoreAllMocks());

describe('a failure', () => {
  it.each([
    ['/run/pt-no-such.sock', 'the socket does not exist'],
    ['/dev/null', 'nobody listens there'],
  ])('to reach the daemon on %s names the socket and the remedy', async (socket, why) => {
    const end = await runCaptured(['status', '--socket', socket]);
    expect(end).toMatchObject({ exitStatus: 1, stdout: '' });
    expect(end.stderr).toContain(`poplind does not answer on ${socket}: ${why}`);
    expect(end.stderr).toContain('systemctl status poplind');
  });

  it('of a daemon that does not answer ends at the timeout', async () => {
    const silent = await startStandIn([[NodeServiceService, { getStatus() {}, listNodes() {} }]]);
    try {
      const end = await runCaptured(['--socket', silent.socket, '--timeout', '0.2', 'status']);
      expect(end).toMatchObject({ exitStatus: 1, stdout: '' });
      expect(end.stderr).toContain('did not answer within 0.2 s');
    } finally {
      silent.stop();
    }
  });

  it('of a daemon without the service names the gRPC status', async () => {
    const bare = await startStandIn([]);
    try {
      const end = await runCaptured(['--socket', bare.socket, 'status']);
      expect(end.stderr).toContain('gRPC status UNIMPLEMENTED');
    } finally {
      bare.stop();
    }
  });

  it.each([
    [['statsu'], 'Did you mean status?'],
    [['status', '--jsno'], 'Did you mean --json?'],
    [['config', 'apply'], "required option '-f, --file <path>' not specified"],
    [['status', '--timeout', '0'], 'number of seconds'],
    [['status', '--timeout', 'soon'], 'number of seconds'],
    [['completion', 'tcsh'], 'Allowed choices are zsh, bash, fish'],
  ])('in the arguments %j is told on standard error', async (args, text) => {
    const end = await runCaptured(args);
    expect(end).toMatchObject({ exitStatus: 1, stdout: '' });
    expect(end.stderr).toContain(text);
  });
});

describe('help and completion', () => {
  it('prints help and the version on standard output', async () => {
    expect(await runCaptured(['--help'])).toMatchObject({ exitStatus: 0, stderr: '' });
    const { version } = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect((await runCaptured(['--version'])).stdout).toBe(`${version}\n`);
  });

  /** What a completion printed: the library writes to the console itself. */
  async function complete(...args: string[]): Promise<string> {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)));
    expect((await runCaptured(args)).exitStatus).toBe(0);
    return lines.join('\n');
  }

  it('completes commands, subcommands and options', async () => {
    expect(await complete('complete', '--', 'no')).toMatch(/^nodes\t/);
    expect(await complete('complete', '--', 'config', '')).toMatch(/^get\t.*\n(.*\n)*apply\t/);
    expect(await complete('complete', '--', 'blocks', '--')).toMatch(/^--node\t/m);
  });

  it('prints a script that bash can read', async () => {
    execFileSync('bash', ['-n'], { input: await complete('completion', 'bash') });
  });

  it.each(['zsh', 'fish'])('prints a script for %s', async (shell) => {
    expect(await complete('completion', shell)).toContain('poplinctl');
  });
});
