/** What a machine is made of: the kernel, its arguments, its memory, and what its first program reads. */
import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { checkout, inCheckout } from '../setup/checkout.js';

const archive = inCheckout('.cache/debian/user-mode-linux');

/** Memory of a machine, in MiB. A test run uses a third of it, and the host gives no more than is used. */
const memoryMiB = 1024;

/**
 * The kernel, a program.
 *
 * @returns {string} its path
 * @throws {Error} when set-up has not brought it
 */
export function kernelProgram() {
  const program = `${archive}/usr/bin/linux.uml`;
  if (existsSync(program)) return program;
  throw new Error(
    `there is no ${program}: run npm run setup as root. Debian has user-mode-linux for amd64 only.`,
  );
}

/**
 * Arguments of the kernel. They may hold no space, so the checkout is not named among them.
 *
 * @param {string} work a folder of the host for this machine alone, with `exchange/init` in it
 */
export function kernelArguments(work) {
  return [
    `mem=${memoryMiB}M`,
    // The host's files, read-only.
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    // The console is our standard output; the other terminals are nothing.
    'con0=fd:0,fd:1',
    'con=null',
    'quiet',
    'selinux=0',
    // Its control socket.
    `uml_dir=${work}/`,
    'umid=machine',
    // Environment and arguments of the first program.
    `EXCHANGE=${work}/exchange`,
    'init=/bin/sh',
    '--',
    `${work}/exchange/init`,
  ];
}

/** What init.sh reads: folders of the host. */
export function settings() {
  const folders = {
    CHECKOUT: checkout,
    MODULES: `${archive}/usr/lib/uml/modules`,
    KMOD: inCheckout('.cache/debian/kmod'),
  };
  return Object.entries(folders)
    .map(([name, path]) => `${name}=${quote(path)}\n`)
    .join('');
}

/** A word for `sh`, whatever is in it. */
export const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`;

/** Where a machine's memory is a file: in the host's memory when there is room, as in a container there may not be. */
export function memoryFolder() {
  const folder = '/dev/shm';
  if (!existsSync(folder)) return tmpdir();
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > memoryMiB * 2 ** 20 ? folder : tmpdir();
}
