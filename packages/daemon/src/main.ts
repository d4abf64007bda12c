#!/usr/bin/env node
import { describeError } from '@poplin/net';
import { runDaemon } from './daemon.js';
import { armFailPoint } from './fail-point/index.js';
import { createLog } from './log/index.js';
import { parseOptions } from './options/index.js';
import { readVersion } from './version.js';

/** Runs poplind. The process ends by itself when nothing is left to do; its status tells how it went. */
async function main(): Promise<number> {
  const version = readVersion();
  const options = parseOptions(process.argv.slice(2), process.env, version);
  const log = createLog({ level: options.logLevel, format: options.logFormat }).child({
    node: options.nodeName,
  });
  const armed = armFailPoint(process.env);
  if (armed) log.warn(armed, 'a fail point is armed: this daemon is made to fail, for tests only');
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => ending.abort(new Error(`${name} received`)));
  }
  log.info({ version, pid: process.pid, config: options.configFile }, 'poplind starts');
  // Every wait of the daemon lets the process end; only the daemon's own end may.
  const running = setInterval(() => {}, 2 ** 30);
  try {
    await runDaemon(options, { version, log, signal: ending.signal });
    log.info({}, 'poplind ended');
    return 0;
  } catch (error) {
    if (ending.signal.aborted) {
      log.info({ err: error }, 'poplind ended before it was ready');
      return 0;
    }
    log.error({ err: error }, `poplind cannot start: ${describeError(error)}`);
    return 1;
  } finally {
    clearInterval(running);
  }
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    // Before there is a log, an operator reads the terminal.
    process.stderr.write(`poplind: ${describeError(error)}\n`);
    process.exitCode = 2;
  },
);
