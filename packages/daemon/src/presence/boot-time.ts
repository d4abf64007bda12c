import { readFileSync } from 'node:fs';

/**
 * Milliseconds since the machine booted, suspension included: CLOCK_BOOTTIME, which the shim reads by clock_gettime(2).
 * Node has no call for that clock. /proc/uptime shows it, in steps of 10 ms and rounded down (proc_uptime(5)); where
 * lxcfs puts the uptime of a container in its place, the two differ.
 *
 * @throws {Error} when /proc is not there or holds something else.
 */
export function bootTimeMs(): number {
  const text = readFileSync('/proc/uptime', 'utf8');
  const match = /^(\d+)\.(\d\d) /.exec(text);
  if (!match) throw new Error(`/proc/uptime says ${JSON.stringify(text)}`);
  return Number(match[1]) * 1000 + Number(match[2]) * 10;
}
