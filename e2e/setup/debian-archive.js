/**
 * Programs out of Debian packages that must not be installed: etcd-server and containerd would start services on
 * the machine, containernetworking-plugins would put other plugins in its CNI folder, iptables would become the one
 * that the machine uses.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { inCheckout } from './checkout.js';
import { run } from './command.js';
import { aptGet, refreshPackageLists } from './debian-packages.js';

const folder = inCheckout('.cache/debian');

/** The programs we run, by the package that brings them: a path inside the package. */
export const archives = {
  'etcd-server': 'usr/bin/etcd',
  'containernetworking-plugins': 'usr/lib/cni/bridge',
  containerd: 'usr/bin/containerd',
  runc: 'usr/sbin/runc',
  iptables: 'usr/sbin/xtables-nft-multi',
  'user-mode-linux': 'usr/bin/linux.uml',
  // Its kernel asks for its modules by modprobe. The folder of the program differs between releases.
  kmod: 'usr/share/man/man8/kmod.8.gz',
};

/**
 * Unpacks a package into `.cache/debian/<name>`, whole or not at all.
 *
 * @param {keyof typeof archives} name
 * @returns {Promise<string>} what was done, in a few words
 */
export async function unpackArchive(name) {
  const target = `${folder}/${name}`;
  if (existsSync(`${target}/${archives[name]}`)) return 'in place';
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(`${folder}/.${name}-`);
  try {
    await download(name, work);
    const file = readdirSync(work).find((entry) => entry.endsWith('.deb'));
    await run('dpkg', ['-x', `${work}/${file}`, `${work}/tree`], {
      remedy: 'Is there space on the disk? Remove .cache/debian and run this again.',
    });
    rmSync(target, { recursive: true, force: true });
    renameSync(`${work}/tree`, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return `unpacked ${name} into .cache/debian`;
}

/** Lists that are older than the archive name files it no longer has: refresh them and try again. */
async function download(name, folder) {
  try {
    await aptGet(['download', name], folder);
  } catch {
    await refreshPackageLists();
    await aptGet(['download', name], folder);
  }
}
