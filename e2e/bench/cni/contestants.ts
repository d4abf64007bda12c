import { readdirSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { artifacts, checkout, type Host, makeContainer, type Namespace } from '../../lab/index.js';
import type { Executed, Execution } from './runner.js';

/** What a pod asks for. */
export type Wish = 'plain' | 'port';

/** One pod's turn with one contestant: the executions of ADD, and those of DEL, each with the results before it. */
export interface Turn {
  readonly add: readonly Step[];
  readonly del: readonly Step[];
}

/** One plugin's part. @param results - what the ADDs printed until then. */
export type Step = (results: readonly Executed[]) => Execution;

/** Somebody who can give a pod its network. */
export interface Contestant {
  readonly name: string;
  /** @param number - of the pod, from 0. */
  readonly turn: (pod: Namespace, number: number) => Turn;
}

const reference = artifacts.referencePlugins;
const unpacked = `${checkout}/.cache/debian`;

/** Poplin's shim, with the configuration that `poplinctl install` writes, as a runtime hands it over. */
export function poplin(host: Host, wish: Wish): Contestant {
  const config = (number: number) => ({
    ...host.networkConfig,
    ...(wish === 'port' && { runtimeConfig: { portMappings: portMappings(number) } }),
  });
  return {
    name: 'poplin',
    turn(pod, number) {
      const call = caller(artifacts.shim, pod);
      const input = JSON.stringify(config(number));
      return { add: [() => call('ADD', input)], del: [() => call('DEL', input)] };
    },
  };
}

/**
 * Debian's bridge with host-local; for pods with a host port with masquerading, and portmap behind it. Executed by us as a
 * runtime does: one plugin after the other, each with the result of the one before.
 */
export function referencePlugins(folder: string, wish: Wish): Contestant {
  const name = wish === 'plain' ? 'reference' : 'referenceport';
  const [net, subnet] = wish === 'plain' ? ['bench0', '10.99.0.0/16'] : ['bench1', '10.98.0.0/16'];
  const ipam = { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] };
  const bridge = {
    cniVersion: '1.0.0',
    name,
    type: 'bridge',
    bridge: net,
    isGateway: true,
    ...(wish === 'port' && { ipMasq: true }),
    ipam: { ...ipam, dataDir: `${folder}/host-local` },
  };
  const portmap = (number: number) => ({
    cniVersion: '1.0.0',
    name,
    type: 'portmap',
    runtimeConfig: { portMappings: portMappings(number) },
  });
  const env = iptablesEnvironment(folder);
  return {
    name: 'reference',
    turn(pod, number) {
      const first = caller(`${reference}/bridge`, pod, env);
      const second = caller(`${reference}/portmap`, pod, env);
      const after = (results: readonly Executed[], config: object): string =>
        JSON.stringify({ ...config, prevResult: JSON.parse(results.at(-1)?.stdout ?? '{}') });
      const plain = JSON.stringify(bridge);
      if (wish === 'plain') {
        return {
          add: [() => first('ADD', plain)],
          del: [(results) => first('DEL', after(results, bridge))],
        };
      }
      return {
        add: [
          () => first('ADD', plain),
          (results) => second('ADD', after(results, portmap(number))),
        ],
        del: [
          (results) => second('DEL', after(results, portmap(number))),
          (results) => first('DEL', after(results, bridge)),
        ],
      };
    },
  };
}

/** Puts iptables where the reference plugins look for it. */
export async function prepareIptables(folder: string): Promise<void> {
  await mkdir(`${folder}/sbin`, { recursive: true });
  const program = `${unpacked}/iptables/usr/sbin/xtables-nft-multi`;
  for (const name of ['iptables', 'ip6tables']) {
    for (const suffix of ['', '-save', '-restore']) {
      await symlink(program, `${folder}/sbin/${name}${suffix}`);
    }
  }
}

function iptablesEnvironment(folder: string): Readonly<Record<string, string>> {
  const libraries = `${unpacked}/iptables/usr/lib`;
  const architecture = readdirSync(libraries).find((name) => name.includes('-linux-')) ?? '';
  return {
    PATH: `${folder}/sbin:/usr/sbin:/usr/bin:/sbin:/bin`,
    XTABLES_LIBDIR: `${libraries}/${architecture}/xtables`,
  };
}

function portMappings(number: number) {
  return [{ hostPort: 20_000 + number, containerPort: 80, protocol: 'tcp' }];
}

/** Makes the executions of a plugin for one container, in the environment that containerd would give. */
function caller(
  program: string,
  pod: Namespace,
  env: Readonly<Record<string, string>> = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
) {
  const { id, args } = makeContainer('bench');
  return (command: 'ADD' | 'DEL', input: string): Execution => ({
    program,
    input,
    env: {
      ...env,
      CNI_COMMAND: command,
      CNI_CONTAINERID: id,
      CNI_NETNS: pod.path,
      CNI_IFNAME: 'eth0',
      CNI_ARGS: args,
      CNI_PATH: reference,
    },
  });
}
