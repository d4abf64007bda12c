/** The Debian packages that building and the lab need. */
import { spawnSync } from 'node:child_process';
import { isRoot } from './checkout.js';
import { run, SetupError } from './command.js';

/** What the shim is compiled and linked with. */
export const compilerPackages = [
  'gcc',
  'libc6-dev',
  'linux-libc-dev',
  'make',
  'musl-tools',
  'pkg-config',
  'libnghttp2-dev',
  'libjansson-dev',
];

/**
 * What the daemon loads (libnftables), what the lab makes hosts of and watches them with, and the libraries of
 * programs that are unpacked without being installed (libseccomp2 of runc; libip4tc2, libip6tc2 and libxtables12 of iptables).
 */
export const labPackages = [
  'conntrack',
  'ethtool',
  'iperf3',
  'iproute2',
  'iputils-ping',
  'libip4tc2',
  'libip6tc2',
  'libnftables1',
  'libseccomp2',
  'libxtables12',
  'nftables',
  'openssl',
  'procps',
  'socat',
  'util-linux',
];

/** Which of these packages are not installed. */
export function missingPackages(names) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are those of dpkg-query
  const format = '${Package} ${db:Status-Status}\\n';
  const query = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' });
  if (query.error)
    throw new SetupError('dpkg-query cannot be run: this is neither Debian nor Ubuntu', {
      remedy: `Set-up installs packages with apt only. It needs: ${names.join(' ')}.`,
    });
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

/** Environment in which apt asks nothing and restarts nothing. */
const quietApt = {
  ...process.env,
  DEBIAN_FRONTEND: 'noninteractive',
  NEEDRESTART_SUSPEND: '1',
};

const aptRemedy =
  'See what apt says above: is the network up, are its sources right, is another apt running?';

let listsAreFresh = false;

/** Fetches the package lists, once per run. */
export async function refreshPackageLists() {
  if (listsAreFresh) return;
  await run('apt-get', ['update', '-q'], { env: quietApt, remedy: aptRemedy });
  listsAreFresh = true;
}

/** Runs apt-get with arguments, waiting for another apt to finish. */
export function aptGet(args, cwd) {
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'APT::Sandbox::User=root'];
  return run('apt-get', [...options, ...args], { env: quietApt, remedy: aptRemedy, cwd });
}

/**
 * Installs what is missing.
 *
 * @returns {Promise<string>} what was done, in a few words
 */
export async function installPackages(names) {
  const missing = missingPackages(names);
  if (missing.length === 0) return 'in place';
  if (!isRoot) return `not root, left out: ${missing.join(' ')}`;
  await refreshPackageLists();
  await aptGet(['install', '-y', '--no-install-recommends', ...missing]);
  return `installed ${missing.join(' ')}`;
}
