import { readFileSync } from 'node:fs';

let known: string | undefined;

/** Identity of this boot of the machine (random(4)): what an earlier boot left in /run means nothing any more. */
export function bootId(): string {
  known ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return known;
}
