import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { callFor, callPlugin, failureOf, type Host, type Pod } from '../../lab/index.js';

/** What `poplinctl status --json` tells, as far as tests look. */
export interface NodeStatus {
  readonly ready: boolean;
  readonly backend?: string;
  readonly problems: readonly string[];
}

/** The status of a host's daemon. */
export async function statusOf(host: Host): Promise<NodeStatus> {
  return JSON.parse((await host.poplinctl('status', '--json')).stdout) as NodeStatus;
}

/** Asks STATUS as a runtime does: the code of CNI, 0 when all is well. @param pod - any of the host's. */
export async function statusCode(pod: Pod): Promise<number> {
  const call = callFor(pod.host, pod.container, pod.namespace);
  const config = { ...pod.host.networkConfig, cniVersion: '1.1.0' };
  const env = { CNI_CONTAINERID: undefined, CNI_NETNS: undefined, CNI_IFNAME: undefined };
  const answer = await callPlugin({ ...call, command: 'STATUS', config, env });
  return answer.status === 0 ? 0 : failureOf(answer).code;
}

/** Gives the cluster another backend, as an operator does. */
export async function applyBackend(host: Host, folder: string, type: string): Promise<void> {
  const file = `${folder}/cluster.yaml`;
  const { cluster } = JSON.parse(readFileSync(host.configFile, 'utf8')) as { cluster: object };
  await writeFile(file, JSON.stringify({ ...cluster, backend: { type } }));
  const { status, stderr } = await host.poplinctl('config', 'apply', '-f', file);
  if (status !== 0) throw new Error(`the configuration is refused: ${stderr}`);
}

/** True when a pod reaches all addresses of another. */
export async function reaches(one: Pod, other: Pod): Promise<boolean> {
  const pings = [...other.ips].map((ip) => one.namespace.execute(['ping', '-n', '-c1', '-W1', ip]));
  return (await Promise.all(pings)).every(({ status }) => status === 0);
}

/** Lines of a daemon's log at level error, their messages. */
export function errorsOf({ log }: Host): readonly string[] {
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  const records = lines.map((line) => JSON.parse(line) as { level: string | number; msg: string });
  return records.filter(({ level }) => level === 'error' || level === 50).map(({ msg }) => msg);
}
