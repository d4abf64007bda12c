import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { waitUntil } from '../../../../lab/index.js';
import {
  type CniVersion,
  type NetworkConfig,
  newest,
  type Scenario,
  type Stage,
} from '../../stage/index.js';

/** A scenario of faults. */
export const fault = (rule: string, run: Scenario['run']): Scenario => ({
  number: 40,
  rule,
  versions: newest,
  run,
});

/** All that an attachment can have, so that all of it can be left behind. */
export function full(stage: Stage, version: CniVersion): NetworkConfig {
  return stage.config(version, {
    bandwidth: { ingressRate: 80_000_000, egressRate: 80_000_000 },
    sysctls: { 'net.ipv4.conf.IFNAME.arp_notify': '1' },
    routes: [{ dst: '172.31.0.0/16' }],
    capabilities: { portMappings: true },
    runtimeConfig: {
      portMappings: [
        { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
        { hostPort: 5353, containerPort: 53, protocol: 'udp' },
      ],
    },
  });
}

/** The environment that arms a fail point. */
export const armed = (setting: string) => ({ POPLIN_FAIL_POINT: setting });

/** Replaces the daemon by one with an armed fail point. */
export async function startArmed({ host }: Stage, setting: string): Promise<void> {
  await host.kill();
  await host.start(armed(setting));
  await host.waitReady();
}

/** Waits until the fail point has killed the daemon, then starts it as it is in production. */
export async function comeBack({ host }: Stage): Promise<void> {
  const exit = await waitUntil('the fail point is reached', () => host.exit, { timeoutMs: 10_000 });
  expect(exit.signal).toBe('SIGKILL');
  await host.start();
  await host.waitReady();
}

/** Waits until the daemon that runs has passed a point. */
export function expectReached({ host }: Stage, point: string): Promise<true> {
  // The line that the daemon writes before it does anything at the point; the log is of all its lives.
  return waitUntil(
    `${point} is reached`,
    () =>
      readFileSync(host.log, 'utf8')
        .split('poplind starts')
        .at(-1)
        ?.includes(`fail point ${point}: `),
    { everyMs: 10 },
  );
}
