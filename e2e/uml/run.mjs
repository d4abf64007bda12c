/** `node e2e/uml/run.mjs [vitest arguments]` or `-c 'shell command'`: in the other kernel, by hand. */
import { unpackArchive } from '../setup/debian-archive.js';
import { reportFailure, step } from '../setup/step.js';
import { runInOtherKernel } from './boot.js';
import { vitestCommand } from './vitest-command.js';

const args = process.argv.slice(2);
const command = args[0] === '-c' ? args.slice(1).join(' ') : vitestCommand(args);

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interrupted.abort(name));

try {
  for (const name of ['user-mode-linux', 'kmod']) await step(name, () => unpackArchive(name));
  const { status } = await runInOtherKernel(command, {
    signal: interrupted.signal,
    onOutput: (text) => process.stdout.write(text),
  });
  process.exitCode = status;
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
