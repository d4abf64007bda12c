import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { must } from './execute.js';
import { kill } from './kill.js';
import { isSystemError, removeIfEmpty } from './record.js';
import { waitUntil } from './wait.js';

/** Where the kernel's control groups are; a lab's containers are in groups below one that has the lab's id for its name. */
const cgroupRoot = '/sys/fs/cgroup';

/** Where containerd's shims listen, whatever its configuration says. */
const shimSockets = '/run/containerd/s';

/** Where the CNI library keeps the results of ADD, whatever containerd's configuration says. */
const cachedResults = '/var/lib/cni/results';

/** Below a host's folder: a folder for each sandbox that its containerd knows, by id. */
const sandboxFolder = 'containerd/state/io.containerd.grpc.v1.cri/sandboxes';

/**
 * Takes away what the containerd of a lab leaves when it is killed: mounts, cgroups with what still runs in them, and the
 * files that it and the CNI library write outside of the lab's folder. Its marked processes must have ended.
 */
export async function removeRuntimeLeftovers(id: string, folder: string): Promise<void> {
  for (const host of namesIn(folder)) {
    const sandboxes = namesIn(`${folder}/${host}/${sandboxFolder}`);
    for (const sandbox of sandboxes)
      rmSync(shimSocket(`${folder}/${host}/containerd/containerd.sock`, sandbox), { force: true });
    removeCachedResults(sandboxes);
  }
  const mounts = mountsBelow(folder);
  // Lazily, so that nothing holds the rest up; what was mounted last goes first.
  if (mounts.length > 0) await must(['umount', '--lazy', ...mounts.toReversed()]);
  // A cgroup is busy until the kernel has seen off its last process.
  await waitUntil(`the cgroups of ${id} are gone`, () => {
    for (const path of cgroupsOf(id).toReversed()) {
      for (const pid of membersOf(path)) kill(pid);
      removeIfEmpty(path);
    }
    return cgroupsOf(id).length === 0;
  });
}

/** Takes away the folders of all containerds and their plugins, where nothing is in them. No lab may be there that could start one. */
export function removeRuntimeFolders(): void {
  for (const made of [shimSockets, cachedResults]) {
    removeIfEmpty(made);
    removeIfEmpty(dirname(made));
  }
}

/** Mount points below a folder, in the order of mounting. */
export function mountsBelow(folder: string): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => unescapeMountPoint(line.split(' ')[4] ?? ''))
    .filter((path) => path.startsWith(`${folder}/`));
}

/** The kernel writes blanks and backslashes as three octal digits, proc(5). */
const unescapeMountPoint = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );

/** The cgroups of a lab in all hierarchies, of version 1 and 2, parents before children. */
export function cgroupsOf(id: string): readonly string[] {
  const hierarchies = foldersIn(cgroupRoot).map((name) => `${cgroupRoot}/${name}/${id}`);
  return [`${cgroupRoot}/${id}`, ...hierarchies].filter((path) => existsSync(path)).flatMap(family);
}

/**
 * Process ids in a cgroup itself; none when it is gone by now. `runc init` clears its environment, the lab's mark with it, and
 * waits for ever when whoever was about to start it dies: its cgroup is what it is found by.
 */
function membersOf(cgroup: string): readonly number[] {
  try {
    return readFileSync(`${cgroup}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number);
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENODEV')) return [];
    throw error;
  }
}

const family = (path: string): readonly string[] => [
  path,
  ...foldersIn(path).flatMap((name) => family(`${path}/${name}`)),
];

/**
 * Where the shim of a sandbox listens: containerd makes the name out of its own socket's, so that several of them do not
 * meet. A shim removes its socket when it ends by itself; one that was killed could not.
 */
export function shimSocket(containerdSocket: string, sandbox: string): string {
  const name = createHash('sha256').update(`${containerdSocket}/k8s.io/${sandbox}`).digest('hex');
  return `${shimSockets}/${name}`;
}

/** The library names a result after network, container and interface, and removes it after DEL. */
function removeCachedResults(containers: readonly string[]): void {
  for (const name of namesIn(cachedResults))
    if (containers.some((id) => name.includes(`-${id}-`)))
      rmSync(`${cachedResults}/${name}`, { force: true });
}

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder) : [];

const foldersIn = (path: string): readonly string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
