import type { SysctlState } from '@poplin/backend';
import { z } from 'zod';
import { invalidConfig } from '../error.js';

/** What stands for the interface of the attachment in a key. */
const token = 'IFNAME';

const value = z.custom<string | number>(
  (input) => typeof input === 'number' || (typeof input === 'string' && isOneLine(input)),
  'must be a number, or a text that is not empty and has no line breaks',
);

/** Schema of the configuration's `sysctls`, keys as they are written. */
export const sysctls = z
  .record(z.string(), value, 'must be a mapping of keys to values')
  .superRefine((all, context) => {
    for (const key of Object.keys(all)) {
      const steps = stepsOf(key);
      if (typeof steps === 'string')
        context.addIssue({ code: 'custom', path: [key], message: steps });
    }
  });

/**
 * The sysctls of one pod: keys with slashes below /proc/sys, and `IFNAME` in them replaced.
 *
 * @throws {CniCallError} INVALID_NETWORK_CONFIG when two keys are the same one.
 */
export function sysctlsOf(
  all: Readonly<Record<string, string | number>>,
  ifname: string,
): readonly SysctlState[] {
  const states = new Map<string, SysctlState>();
  for (const [written, value] of Object.entries(all)) {
    const steps = stepsOf(written);
    if (typeof steps === 'string') throw new TypeError(`${written}: the schema let it pass`);
    const key = steps.map((step) => (step === token ? ifname : step)).join('/');
    if (states.has(key)) {
      const message = `is given twice: as ${key} the key is there already`;
      throw invalidConfig([{ path: `sysctls.${written}`, message }]);
    }
    states.set(key, { key, value: String(value) });
  }
  return [...states.values()];
}

/**
 * The steps of a key; a text says what is wrong with it. As for sysctl(8), the first separator decides: in
 * `net.ipv4.conf.eth0/100.rp_filter` the slash stands for the dot of a name.
 */
function stepsOf(key: string): readonly string[] | string {
  const dotted = /^[^/]*\./.test(key);
  const steps = dotted ? key.split('.').map((step) => step.replaceAll('/', '.')) : key.split('/');
  if (steps[0] !== 'net' || steps.length < 2) {
    return 'only net.* belongs to a pod, for example net.ipv4.conf.IFNAME.rp_filter';
  }
  if (steps.some((step) => step === '.' || step === '..' || !/^[^\s\0]+$/.test(step))) {
    return 'is not the name of a sysctl';
  }
  return steps;
}

/** Tabs stand between the numbers of a triple. */
function isOneLine(text: string): boolean {
  return /^(?:\P{Cc}|\t)+$/u.test(text);
}
