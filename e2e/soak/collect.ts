/**
 * Loaded into the daemon of a soak before anything else (`node --import`): collects the garbage again and again and writes down
 * what memory is left. Without that, memory says how lazy the runtime is, not what the daemon keeps.
 *
 * @module
 */
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { formatSample, memoryLog, sampleMs } from './memory.js';

const log = process.env[memoryLog];
if (isMainThread && log !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setInterval(() => {
    collect();
    const { rss, heapUsed } = process.memoryUsage();
    appendFileSync(log, `${formatSample({ pid: process.pid, resident: rss, heap: heapUsed })}\n`);
  }, sampleMs).unref();
}
