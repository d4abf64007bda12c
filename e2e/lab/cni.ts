import { randomBytes, randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { LabError } from './error.js';
import { plainEnvironment } from './execute.js';
import type { Namespace } from './namespace.js';

/** A container as a runtime would describe it to a plugin. */
export interface Container {
  /** 64 hex digits, as containerd makes them. */
  readonly id: string;
  /** CNI_ARGS with the Kubernetes names, as containerd passes them. */
  readonly args: string;
}

/** Makes up a container for a pod. */
export function makeContainer(podName: string): Container {
  const id = randomBytes(32).toString('hex');
  const args = {
    IgnoreUnknown: '1',
    K8S_POD_NAMESPACE: 'lab',
    K8S_POD_NAME: podName,
    K8S_POD_INFRA_CONTAINER_ID: id,
    K8S_POD_UID: randomUUID(),
  };
  const text = Object.entries(args).map(([key, value]) => `${key}=${value}`);
  return { id, args: text.join(';') };
}

/** CNI_COMMAND, as the specification 1.1.0 has it. */
export type CniCommand = 'ADD' | 'DEL' | 'CHECK' | 'VERSION' | 'GC' | 'STATUS';

/** One execution of a CNI plugin. */
export interface PluginCall {
  /** Path of the plugin. */
  readonly plugin: string;
  readonly command: CniCommand;
  /** The namespace that the runtime itself lives in: that of the host. */
  readonly host: Namespace;
  readonly container: Container;
  /** CNI_NETNS. */
  readonly netns: string;
  /** CNI_IFNAME; eth0 by default. */
  readonly ifname?: string;
  /** Standard input: a value that is written as JSON, or a text as it is. */
  readonly config: unknown;
  /** Changes to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A command line that the plugin's path is appended to, for example `['timeout', '-s', 'KILL', '0.01']`. */
  readonly through?: readonly string[];
  /** Milliseconds after which the call is killed; 60,000 by default. */
  readonly timeoutMs?: number;
}

/** What a plugin answered. */
export interface PluginAnswer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from start to exit. */
  readonly ms: number;
}

/** Executes a plugin exactly as containerd does: CNI environment, configuration on standard input. */
export function callPlugin(call: PluginCall): Promise<PluginAnswer> {
  return call.host.execute([...(call.through ?? []), call.plugin], {
    env: environmentOf(call),
    input: typeof call.config === 'string' ? call.config : JSON.stringify(call.config),
    timeoutMs: call.timeoutMs ?? 60_000,
  });
}

function environmentOf(call: PluginCall): Readonly<Record<string, string>> {
  const variables: Readonly<Record<string, string | undefined>> = {
    ...plainEnvironment,
    CNI_COMMAND: call.command,
    CNI_CONTAINERID: call.container.id,
    CNI_NETNS: call.netns,
    CNI_IFNAME: call.ifname ?? 'eth0',
    CNI_ARGS: call.container.args,
    CNI_PATH: dirname(call.plugin),
    ...call.env,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** A CNI error object (CNI spec, "Error"). */
export interface CniFailure {
  readonly code: number;
  readonly msg: string;
  readonly details?: string;
}

/** Reads the error object of a failed call. */
export function failureOf(answer: PluginAnswer): CniFailure {
  const failure = readFailure(answer);
  if (failure) return failure;
  throw new LabError(`a call that should fail answered: ${describeAnswer(answer)}`);
}

function readFailure({ status, stdout }: PluginAnswer): CniFailure | undefined {
  const answer = status === 0 ? undefined : parseJson(stdout);
  if (!isRecord(answer) || typeof answer.code !== 'number') return undefined;
  const details = typeof answer.details === 'string' ? { details: answer.details } : {};
  return { code: answer.code, msg: String(answer.msg), ...details };
}

/** The first address in the result of an ADD, without its prefix length. */
export function addressOf(call: PluginCall, answer: PluginAnswer): string {
  const [first] = addressesOf(answer);
  if (first !== undefined) return first;
  const where = `${call.command} of ${call.container.id.slice(0, 12)} in ${call.host.name}`;
  throw new LabError(`${where}: ${describeAnswer(answer)}`);
}

/** All addresses in the result of an ADD, without their prefix lengths; none where it failed. */
export function addressesOf(answer: PluginAnswer): readonly string[] {
  const result = answer.status === 0 ? parseJson(answer.stdout) : undefined;
  const ips: unknown = isRecord(result) ? result.ips : undefined;
  if (!Array.isArray(ips)) return [];
  return ips.flatMap((ip: unknown) =>
    isRecord(ip) && typeof ip.address === 'string' ? [ip.address.replace(/\/\d+$/, '')] : [],
  );
}

/** What a plugin answered, in one line: its error where there is one. */
export function describeAnswer(answer: PluginAnswer): string {
  const { status, stdout, stderr } = answer;
  const failure = readFailure(answer);
  if (failure) return `code ${failure.code}: ${failure.msg}`;
  return [`exit status ${status}`, stdout.trim(), stderr.trim()].filter(Boolean).join(': ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
