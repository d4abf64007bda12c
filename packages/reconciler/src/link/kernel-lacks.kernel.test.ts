import { execFileSync } from 'node:child_process';
import { kernelState } from '@poplin/backend';
import { parseCidr, parseIp } from '@poplin/net';
import { expect, it } from 'vitest';
import { underlayStage } from '../../test-support/underlay-stage.js';

const stage = underlayStage();

/** Whether this kernel can make an ipip tunnel, as `ip` finds out. */
function hasIpip(): boolean {
  try {
    execFileSync('ip', ['link', 'add', 'probe0', 'type', 'ipip', 'local', '192.0.2.1'], {
      stdio: 'pipe',
    });
    execFileSync('ip', ['link', 'delete', 'probe0'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

it('names the module that the kernel lacks and lets wait what hangs on it, or makes the tunnel where it does not', async () => {
  const name = 'poplin.ipip';
  const underlay = 'eth0';
  const links = [
    { kind: 'ipip', name, mtu: 1480, local: parseIp('192.168.7.1'), underlay } as const,
  ];
  const via = parseIp('192.168.7.2');
  const dst = parseCidr('10.244.2.0/26');
  const routes = [{ type: 'unicast', dst, link: name, via, onlink: true } as const];
  const made = hasIpip();
  const { failures } = await stage.reconciler.setAll(
    new Map([
      ['host', kernelState({ links })],
      ['peer', kernelState({ routes })],
    ]),
  );
  if (made) {
    expect(failures.size).toBe(0);
    return;
  }
  expect([...failures.keys()]).toEqual(['host']);
  expect(failures.get('host')?.[0]?.error).toMatchObject({
    code: 'KERNEL_LACKS',
    message: expect.stringContaining('module ipip'),
    remedy: expect.stringContaining('modprobe ipip'),
  });
  expect(stage.reconciler.report.waiting.map(({ kind }) => kind)).toEqual(['route']);
});
