/** Boots Linux as a process, runs one command in it and switches it off. */
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { kernelArguments, kernelProgram, memoryFolder, settings } from './machine.js';
import { ptraceLibrary } from './ptrace.js';

const init = fileURLToPath(new URL('init.sh', import.meta.url));

/** Lines of the console that an error carries. */
const lastLines = 60;

/**
 * A machine that has run its command and is off.
 *
 * @typedef {object} Finished
 * @property {string} kernel its release, as `uname -r` says
 * @property {number} status exit status of the command
 * @property {string} output all that the console showed
 * @property {string | undefined} report what the command wrote to `/run/exchange/report`
 */

/**
 * Runs a shell command in a kernel of its own, in the checkout, as root. The host's files are there but cannot be
 * written; /tmp, /run and /dev/shm are empty. Nothing is left when this answers or throws.
 *
 * @param {string} command for `sh`
 * @param {{ signal: AbortSignal, onOutput?: (text: string) => void }} options when to end it at the latest, and who
 *   hears what the console shows while it shows it
 * @returns {Promise<Finished>}
 * @throws {Error} with the end of the console, when the machine does not boot, or is ended by the signal
 */
export async function runInOtherKernel(command, { signal, onOutput = () => {} }) {
  const program = kernelProgram();
  const library = await ptraceLibrary();
  const work = mkdtempSync(`${tmpdir()}/poplin-uml-`);
  const exchange = `${work}/exchange`;
  try {
    mkdirSync(exchange);
    copyFileSync(init, `${exchange}/init`);
    // A path in LD_PRELOAD may hold no space, and that of the checkout may.
    copyFileSync(library, `${work}/ptrace.so`);
    writeFileSync(`${exchange}/command`, command);
    writeFileSync(`${exchange}/settings`, settings());
    const argv = [program, ...kernelArguments(work)];
    const { how, output } = await boot(argv, { library: `${work}/ptrace.so`, signal, onOutput });
    const answer = (name) =>
      existsSync(`${exchange}/${name}`) ? readFileSync(`${exchange}/${name}`, 'utf8') : undefined;
    const status = answer('status');
    if (status === undefined) throw new Error(failure(how, output));
    const kernel = (answer('kernel') ?? '').trim();
    return { kernel, status: Number(status), output, report: answer('report') };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Arguments of setpriv(1). When we are gone, whatever the signal, unshare(1) goes, with it the first process of a PID
 * namespace, and with that all of the kernel's. The kernel is not that first one: it could not abort itself.
 */
const endsWithUs = [
  ...['--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child'],
  ...['sh', '-c', '"$@"; exit $?', 'sh'],
];

/** Runs the kernel until it is off or ended by the signal. */
function boot(argv, { library, signal, onOutput }) {
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', [...endsWithUs, ...argv], {
      env: { PATH: process.env.PATH, LD_PRELOAD: library, TMPDIR: memoryFolder() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = () => child.kill('SIGKILL');
    let output = '';
    const take = (text) => {
      const plain = text.replaceAll('\r', '');
      output += plain;
      onOutput(plain);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (cause) => {
      signal.removeEventListener('abort', end);
      reject(new Error(`user-mode-linux cannot be started: ${cause.message}`, { cause }));
    });
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', end);
      const how = signal.aborted ? `was ended (${signal.reason})` : `ended (${killedBy ?? code})`;
      resolve({ how, output });
    });
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

function failure(how, output) {
  const lines = output.trimEnd().split('\n').slice(-lastLines);
  return [
    `user-mode-linux ${how} before its command did. Its console:`,
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}
