import { expect, it } from 'vitest';
import { execute } from '../lab/execute.js';
import { checkout } from '../lab/index.js';

/** A short soak; the full one is run by hand (e2e/README.md). */
it.each(['routed', 'bridge'])(
  'five hundred pairs of %s pods, three kills of the daemon: nothing is left, nothing doubled',
  async (attach) => {
    const main = `${checkout}/e2e/dist/soak/main.js`;
    const options = ['--pairs', '500', '--kills', '3', '--attach', attach, '--json'];
    const { status, stdout, stderr } = await execute([process.execPath, main, ...options], {
      timeoutMs: 170_000,
    });
    expect(stdout, stderr).toMatch(/^\{/);
    const report = JSON.parse(stdout);
    expect(report.faults, `seed ${report.seed}`).toEqual([]);
    expect(report.memory.length).toBeGreaterThan(1);
    expect(status).toBe(0);
  },
);
