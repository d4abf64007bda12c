import { readdirSync } from 'node:fs';
import { checkout } from '../lab/index.js';

const unpacked = `${checkout}/.cache/debian`;

/** What set-up unpacked of Debian's packages for these suites (e2e/setup/debian-archive.js). */
export const programs = {
  /** Folder with containerd, its shim and ctr. */
  containerd: `${unpacked}/containerd/usr/bin`,
  /** runc. */
  runc: `${unpacked}/runc/usr/sbin/runc`,
  /** Folder with the reference CNI plugins. */
  plugins: `${unpacked}/containernetworking-plugins/usr/lib/cni`,
  /** iptables, ip6tables and their savers, in one program that goes by the name it is called by. */
  iptables: `${unpacked}/iptables/usr/sbin/xtables-nft-multi`,
  /** Folder with the matches and targets that iptables loads. */
  get iptablesModules(): string {
    const libraries = `${unpacked}/iptables/usr/lib`;
    const [architecture = ''] = readdirSync(libraries).filter((name) => name.includes('-linux-'));
    return `${libraries}/${architecture}/xtables`;
  },
} as const;
