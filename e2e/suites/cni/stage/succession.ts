import { closeSync, openSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Namespace } from '../../../lab/index.js';

/** So many are tried; others may make namespaces meanwhile, and take the number. */
const attempts = 50;

/**
 * Removes a namespace and makes another one with its path, and with its inode number if the kernel gives that again: it gives
 * the lowest one that is free, a while after the namespace has gone.
 */
export async function succeed(old: Namespace): Promise<Namespace> {
  const { name, path } = old;
  const { ino } = statSync(path);
  const held: number[] = [];
  try {
    await old.remove();
    for (let attempt = 1; ; attempt++) {
      const namespace = await Namespace.create(name);
      if (statSync(path).ino === ino || attempt === attempts) return namespace;
      held.push(openSync(path, 'r'));
      await namespace.remove();
      await sleep(5);
    }
  } finally {
    for (const fd of held) closeSync(fd);
  }
}
