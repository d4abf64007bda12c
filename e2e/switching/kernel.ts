import { type Host, type Lab, LabProcess, type Pod } from '../lab/index.js';

/** What the kernel of a host tells of its changes. */
export interface Watch {
  readonly log: string;
  readonly process: LabProcess;
}

/** Writes down every change of routes and of elements of nftables, as `ip monitor` and `nft monitor` tell them. */
export function watchKernel(lab: Lab, { name, namespace }: Host): readonly Promise<Watch>[] {
  const commands = [
    ['ip', 'monitor', 'route'],
    ['nft', 'monitor', 'elements'],
  ];
  return commands.map(async (argv) => {
    const log = `${lab.folder}/${argv[0]}-${name}.log`;
    const process = await LabProcess.start({
      name: `${argv[0]} ${name}`,
      lab: lab.id,
      namespace,
      argv,
      log,
    });
    return { log, process };
  });
}

/** Name of the link by which a host reaches a pod. */
export async function linkTo(lab: Lab, from: string, to: Pod): Promise<string | undefined> {
  const [route] = (await lab.host(from).namespace.observe('route', 'get', to.ip)) as {
    dev: string;
  }[];
  return route?.dev;
}

/** Tells whether every host reaches the pods of all others by this link. */
export async function allBy(lab: Lab, pods: readonly Pod[], link: string): Promise<boolean> {
  for (const from of lab.hosts) {
    for (const to of pods) {
      if (from !== to.host && (await linkTo(lab, from.name, to)) !== link) return false;
    }
  }
  return true;
}

/** Names of the tunnels' links of a host. */
export async function links({ namespace }: Host): Promise<readonly string[]> {
  const all = (await namespace.observe('link', 'show')) as readonly { ifname: string }[];
  return all.map(({ ifname }) => ifname).filter((name) => name.startsWith('poplin.'));
}

/** Names of the tunnels' links of all hosts. */
export async function allLinks(lab: Lab): Promise<readonly string[]> {
  return (await Promise.all(lab.hosts.map(links))).flat();
}
