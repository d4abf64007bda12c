import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runInOtherKernel } from './boot.js';

const never = new AbortController().signal;

/** Processes of the host with this among their arguments. */
function processesOf(words: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(words);
    } catch {
      return false; // It ended meanwhile.
    }
  });
}

describe('the other kernel', () => {
  it('answers with exit status, release and report of its command', async () => {
    const command = 'ip link add d0 type dummy && ip -br link >/run/exchange/report; exit 7';
    const { status, kernel, report } = await runInOtherKernel(command, { signal: never });
    expect(status).toBe(7);
    expect(kernel).toMatch(/^\d+\.\d+/);
    expect(report).toContain('d0 ');
    expect(readdirSync('/sys/class/net')).not.toContain('d0');
  });

  it('cannot write the files of the host', async () => {
    const command = 'touch uml-was-here; touch /etc/uml-was-here; touch /tmp/uml-was-here';
    const { status, output } = await runInOtherKernel(command, { signal: never });
    expect(output.match(/Read-only file system/g)).toHaveLength(2);
    expect(status).toBe(0);
    expect(readdirSync('/tmp')).not.toContain('uml-was-here');
  });

  it('tells its console when it panics', async () => {
    const panic = runInOtherKernel('echo c >/proc/sysrq-trigger', { signal: never });
    await expect(panic).rejects.toThrow(/Kernel panic/);
  });

  it('is ended with all of its processes, and its folder', async () => {
    const interrupted = new AbortController();
    const command = 'sh -c "while :; do :; done" & echo "in $EXCHANGE." & sleep 1000';
    let folder = 'not told';
    let seen: string[] = [];
    const running = runInOtherKernel(command, {
      signal: interrupted.signal,
      onOutput: (text) => {
        const told = /in (.*)\/exchange\./.exec(text)?.[1];
        if (!told) return;
        folder = told;
        seen = processesOf(folder);
        interrupted.abort('enough');
      },
    });
    await expect(running).rejects.toThrow(/was ended \(enough\) before its command did/);
    expect(seen).not.toEqual([]);
    expect(processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});
